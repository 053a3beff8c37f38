"""The investigation service on nameko."""

from chassis.host.service import Service
from investigation.app import application as investigation


class Investigation(Service):
    """Answers, listens, relays and keeps the clocks of cases."""

    name = "investigation"
    application = investigation
