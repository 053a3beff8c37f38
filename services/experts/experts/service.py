"""The expert service on nameko."""

from chassis.host.service import Service
from experts.app import application as experts_application


class Experts(Service):
    """Serves the pool and the panels; receives requests for panels."""

    name = "experts"
    application = experts_application
