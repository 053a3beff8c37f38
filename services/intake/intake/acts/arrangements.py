"""How bureaus share leads (article 8, last sentence), and the systems that firms declare of their own accord (article 3)."""

from chassis.core import Act, act
from intake.schemas.arrangements import DeclaredSystem, Sharing
from intake.schemas.fields import Reasons


@act("arrangement", "configure-sharing", Sharing)
def configure_sharing(do: Act) -> None:
    """Article 8: 建立消费品质量安全问题线索共享机制；各市局、县级局应参照省局做法."""
    assert do.actor is not None and do.actor.organisation is not None
    bureau = do.actor.organisations[-1] if do.actor.organisations else do.actor.organisation
    do.party("arranging_bureau", bureau, do.actor.area)
    do.party("lead_bureau", do.settings["province"], do.settings["province_area"])
    do.body.update(do.data)
    do.root.title = do.data["title"]


@act("arrangement", "revise-sharing", Sharing)
def revise_sharing(do: Act) -> None:
    """Article 8: the mechanism is changed; the journal keeps what it was."""
    do.body.update(do.data)
    do.root.title = do.data["title"]


@act("arrangement", "end-sharing", Reasons)
def end_sharing(do: Act) -> None:
    """The mechanism ends with reasons."""
    do.body["ended"] = {"on": do.today.isoformat(), **do.data}


@act("declaration", "declare-system", DeclaredSystem)
def declare_system(do: Act) -> None:
    """Article 3: 应当建立消费品缺陷信息的收集核实和分析处理制度. The law asks for no filing: this is voluntary."""
    assert do.actor is not None and do.actor.organisation is not None
    do.party("declarant", do.actor.organisation)
    do.party("lead_bureau", do.settings["province"], do.settings["province_area"])
    do.body.update(do.data)
    do.root.title = do.data["title"]


@act("declaration", "update-system", DeclaredSystem)
def update_system(do: Act) -> None:
    """The firm changes what it declared."""
    do.body.update(do.data)
    do.root.title = do.data["title"]


@act("declaration", "withdraw-system", Reasons)
def withdraw_system(do: Act) -> None:
    """The firm takes its declaration back."""
    do.body["withdrawn"] = {"on": do.today.isoformat(), **do.data}
