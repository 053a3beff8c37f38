"""The producer and the product of the sample case; both are invented."""

from __future__ import annotations

CODE, FIRM = "91210100MA0000A019", "辽宁示例家具制造有限公司"
PRODUCT = {"name": "示例学习桌", "brand": "示例林", "model": "SL-1200", "category": "furniture"}
HAZARD = "甲醛释放量超标，长期吸入危害呼吸系统和血液系统健康"
