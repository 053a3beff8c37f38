"""Working days, and the deadlines counted in them."""

from datetime import UTC, date, datetime, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.core.dates.calendar import Length, WorkingCalendar, add_months
from chassis.core.dates.times import end_of, iso, today

CALENDAR = WorkingCalendar()
DAYS = st.dates(date(2019, 1, 1), date(2027, 6, 30))
LENGTHS = st.builds(Length, st.integers(1, 60), st.sampled_from(["working days", "days"]))


@pytest.mark.parametrize("year", range(2019, 2027))
def test_every_day_agrees_with_the_state_councils_notices(year):
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366 if year % 4 == 0 else 365)]
    assert [day for day in days if CALENDAR.is_working_day(day) != chinese_calendar.is_workday(day)] == []


@pytest.mark.parametrize(
    ("start", "length", "due"),
    [
        ("2026-03-23", "5 working days", "2026-03-30"),  # the bulletin of the sample case
        ("2026-04-02", "3 working days", "2026-04-08"),  # the finding; Qingming between
        ("2026-04-08", "15 working days", "2026-04-29"),  # the analysis
        ("2026-04-30", "5 working days", "2026-05-11"),  # the supplement; Saturday 9 May is worked
        ("2026-07-06", "10 working days", "2026-07-20"),  # the objection
        ("2026-08-03", "10 working days", "2026-08-17"),  # the plan
        ("2026-08-14", "3 working days", "2026-08-19"),  # the publication
        ("2026-09-24", "1 days", "2026-09-28"),  # Mid-Autumn Friday to Sunday
        ("2026-09-30", "1 days", "2026-10-08"),  # the National Day week
        ("2026-01-31", "1 months", "2026-02-28"),  # no 31 February; Saturday 28 February is worked
    ],
)
def test_the_deadlines_of_the_sample_case(start, length, due):
    assert CALENDAR.deadline(date.fromisoformat(start), Length.of(length)).day.isoformat() == due


def test_a_year_without_a_notice_is_provisional():
    assert CALENDAR.announced == 2026
    sure, unsure = (CALENDAR.deadline(date(2026, 12, 24), Length(n, "working days")) for n in (5, 6))
    assert (sure.day, sure.provisional) == (date(2026, 12, 31), False)
    assert (unsure.day.year, unsure.provisional) == (2027, True)


def test_a_deadline_ends_when_its_day_ends_in_shanghai():
    deadline = CALENDAR.deadline(date(2026, 7, 6), Length(10, "working days"))
    assert iso(deadline.at) == "2026-07-20T16:00:00.000000Z"
    assert today(deadline.at - timedelta(microseconds=1)) == date(2026, 7, 20)
    assert today(deadline.at) == date(2026, 7, 21)


@given(DAYS, LENGTHS)
def test_a_deadline_is_a_working_day_after_the_event(day, length):
    deadline = CALENDAR.deadline(day, length)
    assert deadline.day > day and CALENDAR.is_working_day(deadline.day) and deadline.at == end_of(deadline.day)


@given(DAYS, st.integers(0, 40), LENGTHS)
def test_a_later_event_never_has_an_earlier_deadline(day, later, length):
    assert CALENDAR.deadline(day, length).day <= CALENDAR.deadline(day + timedelta(days=later), length).day


@given(DAYS, LENGTHS)
def test_a_longer_period_never_ends_earlier(day, length):
    longer = Length(length.number + 1, length.unit)
    assert CALENDAR.deadline(day, length).day <= CALENDAR.deadline(day, longer).day


@given(DAYS, st.integers(1, 40))
def test_working_days_left_counts_what_the_deadline_counted(day, number):
    due = CALENDAR.deadline(day, Length(number, "working days")).day
    assert CALENDAR.working_days_left(day, due) == number
    assert CALENDAR.working_days_left(due, day) == -number


@given(DAYS, st.integers(0, 60))
def test_months_keep_the_day_or_take_the_last_of_the_month(day, months):
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@pytest.mark.parametrize("text", ["ten days", "10 weeks", "-1 days", "10", "10 working days ", ""])
def test_what_is_no_period_is_refused(text):
    with pytest.raises(ValueError, match="not a period"):
        Length.of(text)


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)), st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1))
)
def test_the_order_of_moments_is_the_order_of_their_text(one, other):
    one, other = one.replace(tzinfo=UTC), other.replace(tzinfo=UTC)
    assert (one < other) == (iso(one) < iso(other))
