"""The intake service on nameko: the only file that knows a host."""

from chassis.host.service import Service
from intake.app import application as intake_application


class Intake(Service):
    """Answers for bulletins, leads, feeds and signals; listens to the experts' opinions."""

    name = "intake"
    application = intake_application
