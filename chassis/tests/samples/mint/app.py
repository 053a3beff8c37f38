"""The application of the mint."""

from chassis.core import Application
from mint import coins
from mint.schemas import facts

application = Application(name="mint", package="mint", acts=[coins], events=facts)
