"""What the tests of a service stand on: an office on a fresh database, people who act, events that arrive, days that pass.

It knows no service and no word of a regulation: a service's tests bring their people, their steps and their cases.
"""

from chassis.testing.postgresql import Cluster, private_postgresql
from chassis.testing.rows import rows_of
from chassis.testing.rules import Case, Rules
from chassis.testing.stage import Stage, opened

__all__ = ["Case", "Cluster", "Rules", "Stage", "opened", "private_postgresql", "rows_of"]
