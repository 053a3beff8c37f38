"""The expert service as one application: its rulebook with what belongs to it."""

from chassis.core import Application
from experts.acts import panels, pool, procedures
from experts.domain import panels as panel_guards
from experts.schemas import facts
from experts.storage import tables

application = Application(
    name="experts",
    package="experts",
    acts=[pool, panels, procedures],
    guards=[panel_guards],
    events=facts,
    metadata=tables.metadata,
)
