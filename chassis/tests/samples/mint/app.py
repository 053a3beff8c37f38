"""The application of the mint; a test may lay more rulebooks beside its own (the folder in RULEBOOKS)."""

import os
from pathlib import Path

from chassis.core import Application
from mint import coins
from mint.schemas import facts

MORE = [Path(folder) for folder in os.environ.get("RULEBOOKS", "").split(os.pathsep) if folder]

application = Application(name="mint", package="mint", acts=[coins], events=facts, rulebooks=MORE)
