"""The recall service on nameko."""

from chassis.host.service import Service
from recall.app import application as recall


class Recall(Service):
    """Answers, listens, relays and keeps the clocks of recalls, breaches, assigned work and common problems."""

    name = "recall"
    application = recall
