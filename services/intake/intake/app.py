"""The intake service as one application of acts."""

from chassis.core import Application
from intake.acts import analysis, arrangements, bulletins, consultation, feeds, findings, grouping, leads
from intake.domain import leads as lead_guards
from intake.domain import signals as signal_guards
from intake.schemas import facts
from intake.storage import finders, tables

application = Application(
    name="intake",
    package="intake",
    acts=[bulletins, leads, feeds, grouping, analysis, consultation, findings, arrangements],
    guards=[lead_guards, signal_guards],
    events=facts,
    metadata=tables.metadata,
    finders=[finders],
)
