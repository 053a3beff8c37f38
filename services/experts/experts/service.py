"""The expert service on nameko."""

from chassis.host.service import Service
from experts.app import application as experts_application


class Experts(Service):
    """Answers for the pool and the panels; listens to requests for panels."""

    name = "experts"
    application = experts_application
