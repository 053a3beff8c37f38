"""What a process left behind that was killed at work."""

from __future__ import annotations

from chassis.testing import Stage
from chassis.testing.stage import another_worker


def test_a_process_that_serves_alone_takes_its_tasks_up_again_at_once(stage: Stage) -> None:
    stage.act("keeper", "box", "keep", {"label": "甲"})
    stage.act("keeper", "box", "press")
    first = stage.office.tasks.claim()
    again = another_worker(stage.office)
    assert first is not None and again.claim() is None
    assert again.take_back() == 1
    taken = again.claim()
    assert taken is not None and taken.id == first.id


def test_where_others_may_serve_too_the_lease_must_end_first(on_postgresql: Stage) -> None:
    on_postgresql.act("keeper", "box", "keep", {"label": "甲"})
    on_postgresql.act("keeper", "box", "press")
    assert on_postgresql.office.tasks.claim() is not None
    again = another_worker(on_postgresql.office)
    assert again.take_back() == 0
    assert again.claim() is None
