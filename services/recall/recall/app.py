"""The recall service as one application of acts."""

from chassis.core import Application
from recall.acts import duties as assigned
from recall.acts import effect, opening, plan, supervision, violation
from recall.domain import duties, recalls
from recall.schemas import facts
from recall.storage import queries, tables

application = Application(
    name="recall",
    package="recall",
    acts=[opening, plan, supervision, effect, assigned, violation],
    guards=[recalls, duties],
    events=facts,
    metadata=tables.metadata,
    finders=[queries],
)
