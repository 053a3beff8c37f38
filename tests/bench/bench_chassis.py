"""All measurements of the chassis in one run, as `make bench` starts them."""

import runpy
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.argv = ["python -m tests.bench", "all", *sys.argv[1:]]
runpy.run_module("tests.bench", run_name="__main__")
