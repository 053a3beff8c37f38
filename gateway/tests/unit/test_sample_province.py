"""The sample province: ids, codes and memberships are consistent."""

from __future__ import annotations

from importlib import resources

import yaml
from stdnum.cn import uscc


def test_the_sample_province_holds_together() -> None:
    province = yaml.safe_load(resources.files("gateway.sample").joinpath("province.yaml").read_text())
    organisations = {row["id"]: row for row in province["organisations"]}
    seen: set[str] = set()
    for row in province["organisations"]:
        assert row.get("parent") in seen | {None}
        seen.add(row["id"])
        if "credit_code" in row:
            assert uscc.is_valid(row["credit_code"])
            assert row["id"] == f"org_{row['credit_code']}"
    for row in province["persons"]:
        assert row["id"] == "person_" + row["username"].replace(".", "_")
        for organisation, posts in row["member"].items():
            assert organisation in organisations
            assert posts
    assert len({row["username"] for row in province["persons"]}) == len(province["persons"])
    assert (
        len(
            [
                row
                for row in organisations.values()
                if (row.get("area") or "").endswith("00") and row["kind"] == "bureau"
            ]
        )
        == 15
    )
