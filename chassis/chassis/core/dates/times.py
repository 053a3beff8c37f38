"""Legal time: the chassis clock that deadlines, acts and journals read. Tokens, leases and retries use machine time instead."""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class SystemClock:
    """Legal time is the machine's time."""

    def now(self) -> datetime:
        """Return the present moment, aware, in UTC."""
        return datetime.now(UTC)


class FileClock:
    """Legal time moved by a file that several processes read: the file holds seconds to add to machine time.

    A deployment for production refuses this clock (see `chassis.core.config`).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read_at: int = -1
        self._offset = timedelta()

    def now(self) -> datetime:
        """Return the moved present moment, aware, in UTC."""
        try:
            changed = self.path.stat().st_mtime_ns
        except FileNotFoundError:
            return datetime.now(UTC)
        if changed != self._read_at:
            self._offset = timedelta(seconds=float(self.path.read_text() or "0"))
            self._read_at = changed
        return datetime.now(UTC) + self._offset

    def set(self, moment: datetime) -> None:
        """Make `moment` (aware) the present, for every process that reads the file."""
        offset = moment - datetime.now(UTC)
        part = self.path.with_suffix(f".{os.getpid()}")
        part.write_text(str(offset.total_seconds()))
        part.replace(self.path)

    def reset(self) -> None:
        """Return to machine time."""
        part = self.path.with_suffix(f".{os.getpid()}")
        part.write_text("0")
        part.replace(self.path)


class FixedClock:
    """A clock that stands where a unit test put it."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """Return the moment it was set to."""
        return self.moment


Clock = SystemClock | FileClock | FixedClock


def clock_from(setting: str) -> Clock:
    """Return the clock that a configuration names: `system` or `file:<path>`."""
    if setting == "system":
        return SystemClock()
    scheme, _, path = setting.partition(":")
    if scheme != "file" or not path:
        raise ValueError(f"unknown clock {setting!r}: expected `system` or `file:<path>`")
    return FileClock(Path(path))


def today(moment: datetime) -> date:
    """Return the date of a moment in Asia/Shanghai."""
    return moment.astimezone(SHANGHAI).date()


def end_of(day: date) -> datetime:
    """Return the end of a day in Asia/Shanghai, as UTC: the first moment that is no longer in it."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=SHANGHAI).astimezone(UTC)


def iso(moment: datetime) -> str:
    """Return a moment as RFC 3339 text in UTC with microseconds, fixed in width so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse(text: str) -> datetime:
    """Return the aware moment of an RFC 3339 text."""
    return datetime.fromisoformat(text)
