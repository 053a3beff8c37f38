"""The application of the purse."""

from chassis.core import Application
from purse import holdings

application = Application(name="purse", package="purse", acts=[holdings], tasks=[holdings])
