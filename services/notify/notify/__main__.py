"""`python -m notify`: run, migrate, check the service (see the chassis's command line)."""

from chassis.cli import main

main("notify")
