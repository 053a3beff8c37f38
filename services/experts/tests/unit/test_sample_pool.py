"""The sample pool: what it offers is what the acts take."""

from datetime import date
from importlib.resources import files

import yaml

from chassis.core.contracts.schema import load
from experts.schemas.acts import DeclareConflict, RegisterExpert, Term

POOL = yaml.safe_load(files("experts.sample").joinpath("pool.yaml").read_text(encoding="utf-8"))
TODAY = date(2026, 3, 1)


def test_every_expert_of_the_sample_can_be_registered_and_admitted():
    for expert in POOL["experts"]:
        assert load(RegisterExpert(), expert["register"], TODAY) == expert["register"]
        assert load(Term(), expert["admit"], TODAY) == expert["admit"]


def test_the_sample_has_nine_experts_and_a_furniture_expert_with_a_conflict_that_nobody_recorded():
    assert [expert["register"]["person"] for expert in POOL["experts"]] == [f"person_expert{n}" for n in range(1, 10)]
    (conflicted,) = (expert for expert in POOL["experts"] if "conflict" in expert)
    assert "furniture" in conflicted["register"]["fields"]
    assert conflicted["conflict"]["producer"] not in [known["code"] for known in conflicted["register"]["relations"]]
    for data in (conflicted["conflict"]["data"], POOL["any_conflict"]):
        assert load(DeclareConflict(), data, TODAY) == data
