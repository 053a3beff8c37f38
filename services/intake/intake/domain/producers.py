"""What a unified social credit code suggests about a producer's seat (article 2, first half): it suggests, an official decides."""

from typing import Any

from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

# GB/T 2260: the first two digits of an administrative division code
PROVINCES = {
    "11": "北京市",
    "12": "天津市",
    "13": "河北省",
    "14": "山西省",
    "15": "内蒙古自治区",
    "21": "辽宁省",
    "22": "吉林省",
    "23": "黑龙江省",
    "31": "上海市",
    "32": "江苏省",
    "33": "浙江省",
    "34": "安徽省",
    "35": "福建省",
    "36": "江西省",
    "37": "山东省",
    "41": "河南省",
    "42": "湖北省",
    "43": "湖南省",
    "44": "广东省",
    "45": "广西壮族自治区",
    "46": "海南省",
    "50": "重庆市",
    "51": "四川省",
    "52": "贵州省",
    "53": "云南省",
    "54": "西藏自治区",
    "61": "陕西省",
    "62": "甘肃省",
    "63": "青海省",
    "64": "宁夏回族自治区",
    "65": "新疆维吾尔自治区",
    "71": "台湾省",
    "81": "香港特别行政区",
    "82": "澳门特别行政区",
}


def is_credit_code(code: str) -> bool:
    """Tell whether a text is a unified social credit code (GB 32100) with a right check character."""
    try:
        return bool(uscc.validate(code) == code)
    except ValidationError:
        return False


def seat(code: str | None, province_area: str) -> dict[str, Any]:
    """Return what the code suggests: `{suggests: inside | elsewhere | unknown, area, province}`.

    `province_area` is the bureau's own six-digit area. The code survives a move, so this is never more than a suggestion.
    """
    if not code or not is_credit_code(code):
        return {"suggests": "unknown", "area": None, "province": None}
    area = code[2:8]
    inside = area[:2] == province_area[:2]
    return {"suggests": "inside" if inside else "elsewhere", "area": area, "province": PROVINCES.get(area[:2])}
