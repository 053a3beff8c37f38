"""The notify application: its acts, guards, facts, tasks and tables."""

from __future__ import annotations

from chassis.core import Application

from .acts import addresses, documents, printing, publications, serving, tips
from .domain import serving as service_rules
from .rendering import fonts
from .schemas import facts
from .storage import finders, tables

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
