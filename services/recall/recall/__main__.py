"""`python -m recall run|migrate|check|…`."""

from chassis.cli import main

if __name__ == "__main__":
    main("recall")
