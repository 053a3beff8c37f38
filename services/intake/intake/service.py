"""The intake service on nameko: the only module that imports the host."""

from chassis.host.service import Service
from intake.app import application as intake_application


class Intake(Service):
    """Serves bulletins, leads, feeds and signals; receives the experts' opinions."""

    name = "intake"
    application = intake_application
