"""`python -m notify run|migrate|check|…`."""

from chassis.cli import main

if __name__ == "__main__":
    main("notify")
