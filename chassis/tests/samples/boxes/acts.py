"""The acts of the sample, and its one task."""

from marshmallow import fields, validate

from chassis.core import Act, Job, Refusal, act, task
from chassis.core.contracts.schema import ActSchema, CreditCode, Day, FactSchema, File, Nothing, RootRef, one_of, text


class Piece(ActSchema):
    """Something in a box."""

    name = fields.String(required=True, validate=validate.Length(1, 20))
    weight = fields.Integer(strict=True, required=True, validate=validate.Range(0))


class Keep(ActSchema):
    """What is kept, for whom."""

    label = fields.String(required=True, validate=validate.Length(1, 100), metadata=text("标签", "Label"))
    count = fields.Integer(strict=True, load_default=0, metadata=text("件数", "Count"))
    owner = fields.String(load_default="org_owner", metadata=text("物主", "Owner"))
    area = fields.String(load_default="210100", metadata=text("区划", "Area"))
    secret = fields.String(metadata=text("暗号", "Secret", mark="secret"))
    contact = fields.Dict(metadata=text("联系人", "Contact", mark="personal"))
    code = CreditCode(metadata=text("代码", "Code"))
    made_on = Day(past=True, metadata=text("制造日期", "Made on"))
    pieces = fields.List(fields.Nested(Piece), metadata=text("物件", "Pieces"))
    picture = File(metadata=text("照片", "Picture"))
    rest = fields.Dict(metadata=text("其他", "Rest"))


class Note(ActSchema):
    """Words, or whatever else."""

    words = fields.Raw(required=True, metadata=text("内容", "Words"))
    secret = fields.String(metadata=text("暗号", "Secret", mark="secret"))


class SealedOn(ActSchema):
    """When a box was sealed."""

    sealed_on = Day(past=True, required=True, metadata=text("封箱日期", "Sealed on"))


class Days(ActSchema):
    """A number of days."""

    days = fields.Integer(strict=True, required=True, validate=validate.Range(1, 60), metadata=text("天数", "Days"))


class Ends(ActSchema):
    """A last day."""

    ends_on = Day(required=True, metadata=text("止日", "Ends on"))


class Count(ActSchema):
    """How many."""

    count = fields.Integer(strict=True, required=True, metadata=text("件数", "Count"))


class Pin(ActSchema):
    """Whose slip."""

    holder = fields.String(required=True, metadata=text("持签人", "Holder"))


class Other(ActSchema):
    """The box to swap with."""

    other = RootRef("box", required=True, metadata=text("另一箱", "Other box"))


class Shelves(ActSchema):
    """The shelves to stand on."""

    shelves = fields.List(RootRef("shelf"), required=True, metadata=text("架", "Shelves"))


class Way(ActSchema):
    """Up or down."""

    way = one_of([("up", "上", "up"), ("down", "下", "down")], required=True, metadata=text("方向", "Way"))


class Letter(FactSchema):
    """What is read of a letter."""

    mood = fields.String(load_default="calm")


class BoxSent(FactSchema):
    """What is read of a box that was sent."""

    label = fields.String(required=True)


class Named(ActSchema):
    """A name."""

    name = fields.String(load_default="", metadata=text("名称", "Name"))


@act(
    "box",
    "keep",
    Keep,
    choices={"label": lambda connection, at: [{"value": "a", "zh": "甲", "en": at.today.isoformat()}]},
)
def keep(do: Act) -> None:
    """Clause 1."""
    do.body.update(do.data)
    do.root.title = do.data["label"]
    do.party("keeper", do.actor.organisations[-1], area=do.data["area"])
    do.party("owner", do.data["owner"])


@act("box", "arrive", BoxSent)
def arrive(do: Act) -> None:
    """Clause 1."""
    do.root.title = do.data["label"]
    do.party("keeper", "org_store", area="210100")


@act("box", "note", Note)
def note(do: Act) -> None:
    """Clause 1."""
    do.body.setdefault("notes", []).append(do.data)
    if do.data["words"] == "stumble":
        raise RuntimeError("stumbled over " + str(do.reveal(do.data.get("secret"))))
    do.fact("noted", {"words": do.data["words"]})


@act("box", "seal", SealedOn)
@act("box", "reseal", SealedOn)
def seal(do: Act) -> None:
    """Clause 1."""
    do.body["sealed_on"] = do.data["sealed_on"]


@act("box", "protest", Nothing)
@act("box", "publish", Nothing)
@act("box", "answer", Nothing)
@act("box", "drop", Nothing)
@act("box", "tear", Nothing)
@act("box", "pressed", Nothing)
@act("box", "hear-of-slip", Letter)
@act("box", "find", Letter)
@act("box", "sort", Way)
@act("box", "ask", Days)
@act("box", "lengthen", Days)
@act("box", "lend", Ends)
def plain(do: Act) -> None:
    """The row says it all."""
    do.body["last"] = do.rule.name


@act("box", "empty", Note)
def empty(do: Act) -> None:
    """Clause 3."""
    do.body["emptied"] = do.data
    do.document(to="org_owner", fields={"label": do.root.title})


@act("box", "load", Count)
def load(do: Act) -> None:
    """Clause 2."""
    do.body["count"] = do.data["count"]


@act("box", "pin", Pin)
def pin(do: Act) -> None:
    """Clause 3."""
    part = do.add("slip", {"holder": do.data["holder"]})
    do.party("holder", do.data["holder"], part=part.id)
    do.start("slip", do.today, part=part)


@act("box", "swap", Other)
def swap(do: Act) -> None:
    """Clause 3: both boxes are locked, and each remembers the other."""
    (other,) = do.named("other")
    do.body["swapped"], other.body["swapped"] = other.root.id, do.root.id


@act("box", "stand", Shelves)
def stand(do: Act) -> None:
    """Clause 3."""
    do.body["shelves"] = [shelf.root.id for shelf in do.named("shelves")]


@act("box", "press", Named)
def press(do: Act) -> None:
    """Clause 3: pressing is slow."""
    do.later("press", {"box": do.root.id, "name": do.data["name"]})


@act("box", "hear", Letter)
def hear(do: Act) -> None:
    """Clause 3."""
    if do.data["mood"] == "stumble":
        raise RuntimeError("stumbled")
    if do.data["mood"] == "refuse":
        raise Refusal("guard")
    do.body.setdefault("letters", []).append(do.data["mood"])


@act("shelf", "build", Named)
def build(do: Act) -> None:
    """Clause 3."""
    do.root.title = do.data["name"] or "shelf"


@task("press")
def pressing(job: Job) -> dict[str, object] | None:
    """Press what the data names."""
    if job.data["name"] == "stumble":
        raise RuntimeError("stumbled")
    kept = job.files.put(job.root(job.data["box"])["title"].encode(), "label.txt", "text/plain")
    assert job.files.get(kept["hash"])
    return {"kind": "box", "act": "pressed", "id": job.data["box"]} if job.data["name"] != "nothing" else None
