"""The notify application: its acts, guards, facts, tasks and tables."""

from __future__ import annotations

from chassis.core import Application
from notify.acts import addresses, documents, printing, publications, serving, tips
from notify.domain import serving as service_rules
from notify.rendering import fonts
from notify.schemas import facts
from notify.storage import finders, tables

application = Application(
    name="notify",
    package="notify",
    acts=[documents, serving, addresses, publications, tips],
    guards=[service_rules],
    events=facts,
    tasks=[printing],
    metadata=tables.metadata,
    finders=[finders],
    health=[fonts.check],
)
