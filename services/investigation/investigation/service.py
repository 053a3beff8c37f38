"""The investigation service on nameko."""

from chassis.host.service import Service
from investigation.app import application as investigation


class Investigation(Service):
    """Serves cases: requests, events in and out, clocks."""

    name = "investigation"
    application = investigation
