"""What a service shows: its description, what may be done, roots, lists, duties and journals."""

from chassis.core.reads.duties import duties, late
from chassis.core.reads.journal import journal
from chassis.core.reads.lists import search
from chassis.core.reads.offers import acts
from chassis.core.reads.page import get

__all__ = ["acts", "duties", "get", "journal", "late", "search"]
