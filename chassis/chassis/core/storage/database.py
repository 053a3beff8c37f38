"""The service's database: SQLite by default, PostgreSQL by configuration."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import QueuePool

from chassis.core.canonical import compact

BUSY_SECONDS = 5
STATEMENT_MILLISECONDS = 15_000


class Database:
    """An engine with two kinds of transaction: one that reads and one that writes."""

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite(url) if self.sqlite else _postgresql(url)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Open a transaction that only reads."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Open a transaction that writes; on SQLite it takes the write lock at once, so nothing may yield inside."""
        with self.engine.connect() as connection:
            connection = connection.execution_options(immediate=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _sqlite(url: str) -> Engine:
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_size=5,
        hide_parameters=True,
        json_serializer=compact,
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql(
            "BEGIN IMMEDIATE" if connection.get_execution_options().get("immediate") else "BEGIN"
        )

    return engine


def _postgresql(url: str) -> Engine:
    keepalives = {
        "keepalives": 1,
        "keepalives_idle": 20,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "connect_timeout": 5,
    }
    options = f"-c statement_timeout={STATEMENT_MILLISECONDS} -c timezone=UTC"
    return create_engine(
        url,
        pool_size=12,
        max_overflow=8,
        pool_pre_ping=True,
        hide_parameters=True,
        json_serializer=compact,
        connect_args={**keepalives, "options": options},
    )
