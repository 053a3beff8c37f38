"""The core of the chassis: what an application of acts is made of. It knows no broker and no host."""

from chassis.core.application import Application, Office
from chassis.core.command import Job, Moment
from chassis.core.errors import Refusal
from chassis.core.marks import act, fact, task
from chassis.core.work import Act

__all__ = ["Act", "Application", "Job", "Moment", "Office", "Refusal", "act", "fact", "task"]
