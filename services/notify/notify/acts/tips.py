"""Safety tips (article 4(7)): published for consumers, withdrawn with reasons."""

from __future__ import annotations

from chassis.core import Act, act
from notify.schemas.publications import Tip, Withdrawal


@act("tip", "publish-safety-tip", Tip)
def publish_safety_tip(do: Act) -> None:
    """Article 4(7): 及时发布消费品召回和安全提示等信息."""
    do.root.title = do.data["title"]
    do.body.update(do.data)
    do.party("lead_bureau", do.settings["province"], area=do.settings["province_area"])


@act("tip", "withdraw-safety-tip", Withdrawal)
def withdraw_safety_tip(do: Act) -> None:
    """Article 4(7): a tip that no longer holds is withdrawn, with reasons."""
    do.body["withdrawn"] = {"on": do.today.isoformat(), "reasons": do.data["reasons"]}
