"""The mint on nameko."""

from chassis.host import Service
from mint.app import application


class Mint(Service):
    """The mint."""

    name = "mint"
    application = application
