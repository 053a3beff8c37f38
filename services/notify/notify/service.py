"""The notify service on nameko: the only module that imports the host."""

from chassis.host.service import Service
from notify.app import application as notify


class Notify(Service):
    """Numbers, renders and serves the documents; publishes recalls."""

    name = "notify"
    application = notify
