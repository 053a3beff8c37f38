"""Puts `intake_stage.py` on the path of this service's tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
