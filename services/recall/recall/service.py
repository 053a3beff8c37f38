"""The recall service on nameko."""

from chassis.host.service import Service
from recall.app import application as recall


class Recall(Service):
    """Serves recalls, breaches, assigned work and common problems: requests, events in and out, clocks."""

    name = "recall"
    application = recall
