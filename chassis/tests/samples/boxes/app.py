"""The boxes as one application."""

from boxes import acts, facts, finders, guards
from chassis.core import Application

application = Application(
    name="boxes", package="boxes", acts=[acts], guards=[guards], events=facts, tasks=[acts], finders=[finders]
)
