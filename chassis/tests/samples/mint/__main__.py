"""The command line of the sample service."""

from chassis.cli import main

main("mint")
