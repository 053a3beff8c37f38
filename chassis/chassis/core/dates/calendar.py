"""Working days of China and the deadlines counted in them.

The day after the event is day one. Working days follow the State Council's yearly notices, worked weekends included, as
library `holidays` has them; a year without a notice knows only its statutory days, so a date that falls there is provisional.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import holidays

from chassis.core.dates.times import end_of

LENGTH = re.compile(r"(\d+) (working days|days|months)")


@dataclass(frozen=True, slots=True)
class Length:
    """A period: `number` of `unit` (`working days`, `days` or `months`)."""

    number: int
    unit: str

    @classmethod
    def of(cls, text: str) -> "Length":
        """Read `10 working days`; ValueError if it is no period."""
        match = LENGTH.fullmatch(text)
        if not match:
            raise ValueError(f"not a period: {text!r}")
        return cls(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.number} {self.unit}"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a period, its end as a moment in UTC, and whether the calendar may still change it."""

    day: date
    at: datetime
    provisional: bool


class WorkingCalendar:
    """The China calendar; `announced` is the last year whose holiday notice is out (known to the library)."""

    def __init__(self, announced: int | None = None) -> None:
        self._china = holidays.country_holidays("CN")
        self._announced = announced
        self._days: dict[date, bool] = {}

    @property
    def announced(self) -> int:
        """The last year with moved working days in the library: a notice always moves some."""
        if self._announced is None:
            year = 2020
            while self._worked_weekends(year + 1):
                year += 1
            self._announced = year
        return self._announced

    def _worked_weekends(self, year: int) -> bool:
        self._china.is_working_day(date(year, 6, 1))
        return any(day.year == year for day in self._china.weekend_workdays)

    def is_working_day(self, day: date) -> bool:
        """Tell whether offices work on this day."""
        if day not in self._days:
            self._days[day] = bool(self._china.is_working_day(day))
        return self._days[day]

    def deadline(self, start: date, length: Length) -> Deadline:
        """Return the deadline of a period that an event on `start` sets running.

        Working days are counted from the day after; natural days and months that end on a holiday move to the next working day.
        """
        if length.unit == "working days":
            day = self._count(start, length.number)
        else:
            day = start + timedelta(days=length.number) if length.unit == "days" else add_months(start, length.number)
            while not self.is_working_day(day):
                day += timedelta(days=1)
        return Deadline(day, end_of(day), day.year > self.announced)

    def working_days_left(self, today: date, due: date) -> int:
        """Return the working days after `today` up to and with `due`; negative when it has passed."""
        if today > due:
            return -self.working_days_left(due, today)
        left, day = 0, today
        while day < due:
            day += timedelta(days=1)
            left += self.is_working_day(day)
        return left

    def _count(self, start: date, number: int) -> date:
        day = start
        while number > 0:
            day += timedelta(days=1)
            if self.is_working_day(day):
                number -= 1
        return day


def add_months(day: date, months: int) -> date:
    """Return the same day some months later; the last day of the month where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")
