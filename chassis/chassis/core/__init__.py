"""The core of the chassis: what an application of acts is made of. It knows no broker and no host."""

from chassis.core.acts.act import Act
from chassis.core.acts.marks import act, fact, task
from chassis.core.acts.moment import Moment
from chassis.core.application import Application
from chassis.core.errors import Refusal
from chassis.core.office import Office
from chassis.core.triggers.tasks import Job

__all__ = ["Act", "Application", "Job", "Moment", "Office", "Refusal", "act", "fact", "task"]
