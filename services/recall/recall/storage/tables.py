"""The tables of the recall service beside the chassis's: which recall belongs to which case."""

from sqlalchemy import Column, MetaData, String, Table

metadata = MetaData()

recall_cases = Table(
    "recall_cases",
    metadata,
    Column("recall_id", String(80), primary_key=True),
    Column("case_id", String(80), nullable=False, index=True),
    Column("basis", String(20), nullable=False),
)
"""A case may have several recalls: the notified one, and voluntary ones that cover a part each."""
