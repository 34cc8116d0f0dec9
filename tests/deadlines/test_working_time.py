"""Working time, against a slow oracle that walks through the hours and shares nothing with it but the rule."""

import time
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deadlines.working_time import Duration, Unit, add, calendar_version, due_at, elapsed, explain, warn_at

LONDON = ZoneInfo("Europe/London")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DAYS, HOURS, MONTHS = Unit.WORKING_DAYS, Unit.HOURS, Unit.MONTHS

# As published on gov.uk for England and Wales (2028 by the same rules).
ENGLISH_BANK_HOLIDAYS = frozenset(
    date.fromisoformat(f"{year}-{day}")
    for year, days in {
        2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
        2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
        2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
        2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
    }.items()
    for day in days.split()
)


def oracle_counts(instant, extra=frozenset()):
    day = instant.astimezone(LONDON).date()
    return day.isoweekday() not in (6, 7) and day not in ENGLISH_BANK_HOLIDAYS and day not in extra


def oracle_due(start, wanted, step, extra=frozenset()):
    """Walk forward one step at a time until enough of the steps were in working days."""
    while wanted > timedelta(0):
        if oracle_counts(start, extra):
            wanted -= step
        start += step
    return start


def oracle_elapsed(start, end, step):
    steps = 0
    while start < end:
        steps += oracle_counts(start)
        start += step
    return steps * step


def london(text):
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def starts_every(step, first="2025-01-02", last="2028-06-01"):
    begin = datetime.fromisoformat(first).replace(tzinfo=UTC)
    count = (datetime.fromisoformat(last).replace(tzinfo=UTC) - begin) // step
    return st.integers(0, count - 1).map(lambda n: begin + n * step)


class TestAgainstTheOracle:
    @settings(max_examples=2000, deadline=None)
    @given(start=starts_every(HOUR), days=st.integers(1, 60))
    def test_long_spans_from_any_hour(self, start, days):
        assert due_at(start, Duration(days, DAYS)) == oracle_due(start, timedelta(days=days), HOUR)

    @settings(max_examples=1500, deadline=None)
    @given(start=starts_every(15 * MINUTE), days=st.integers(1, 10))
    def test_short_spans_from_any_quarter_of_an_hour(self, start, days):
        assert due_at(start, Duration(days, DAYS)) == oracle_due(start, timedelta(days=days), 15 * MINUTE)

    @settings(max_examples=150, deadline=None)
    @given(start=starts_every(MINUTE), days=st.integers(1, 3))
    def test_days_from_any_minute(self, start, days):
        assert due_at(start, Duration(days, DAYS)) == oracle_due(start, timedelta(days=days), MINUTE)

    @pytest.mark.parametrize(
        ("first", "last"),
        [
            pytest.param("2026-12-18", "2027-01-06", id="Christmas 2026"),
            pytest.param("2027-12-18", "2028-01-06", id="Christmas 2027"),
            pytest.param("2026-03-26", "2026-04-09", id="Easter 2026, and the clocks go forward"),
            pytest.param("2027-03-23", "2027-04-01", id="Easter 2027, and the clocks go forward"),
            pytest.param("2026-10-22", "2026-10-29", id="the clocks go back in 2026"),
            pytest.param("2027-10-28", "2027-11-04", id="the clocks go back in 2027"),
        ],
    )
    def test_every_hour_of_the_hard_weeks(self, first, last):
        start, end = london(first).astimezone(UTC), london(last).astimezone(UTC)
        while start < end:
            for days in (1, 2, 5):
                assert due_at(start, Duration(days, DAYS)) == oracle_due(start, timedelta(days=days), HOUR), start
            start += HOUR

    @settings(max_examples=1000, deadline=None)
    @given(start=starts_every(HOUR), hours=st.integers(-48, 1000))
    def test_working_time_between_two_instants(self, start, hours):
        end = start + hours * HOUR
        assert elapsed(start, end, DAYS) == oracle_elapsed(start, end, HOUR)

    @settings(max_examples=500, deadline=None)
    @given(start=starts_every(HOUR), hours=st.integers(1, 500))
    def test_adding_working_time(self, start, hours):
        assert add(start, hours * HOUR, DAYS) == oracle_due(start, hours * HOUR, HOUR)

    @settings(max_examples=200, deadline=None)
    @given(start=starts_every(HOUR, "2026-11-01", "2027-02-01"), days=st.integers(1, 20))
    def test_a_proclaimed_bank_holiday_does_not_count(self, start, days):
        extra = frozenset({date(2026, 12, 7), date(2027, 1, 14), date(2027, 1, 16)})
        due = oracle_due(start, timedelta(days=days), HOUR, extra)
        assert due_at(start, Duration(days, DAYS), extra=extra) == due


class TestPausing:
    @settings(max_examples=1000, deadline=None)
    @given(start=starts_every(MINUTE), left=st.timedeltas(timedelta(0), timedelta(days=60)), unit=st.sampled_from(Unit))
    def test_what_is_left_can_be_added_again_and_again(self, start, left, unit):
        assert elapsed(start, add(start, left, unit), unit) == left

    @settings(max_examples=1000, deadline=None)
    @given(
        start=starts_every(MINUTE, "2026-01-01", "2027-01-01"),
        pause=starts_every(MINUTE, "2026-01-01", "2027-01-01"),
        duration=st.builds(Duration, st.integers(1, 30), st.sampled_from([HOURS, DAYS])),
    )
    def test_pausing_and_resuming_at_once_changes_nothing(self, start, pause, duration):
        due = due_at(start, duration)
        remaining = elapsed(pause, due, duration.unit)
        assert add(pause, remaining, duration.unit) == (due if pause < due else pause)

    def test_a_weekend_in_the_pause_is_given_back_as_working_time(self):
        friday, monday = london("2026-06-12 15:00"), london("2026-06-15 09:00")
        remaining = elapsed(friday, london("2026-06-15 15:00"), DAYS)
        assert remaining == timedelta(days=1)
        assert add(monday, remaining, DAYS) == london("2026-06-16 09:00")

    def test_a_month_resumes_with_the_elapsed_time_that_was_left(self):
        remaining = elapsed(london("2026-02-01 09:00"), london("2026-02-11 09:00"), MONTHS)
        assert add(london("2026-03-01 09:00"), remaining, MONTHS) == london("2026-03-11 09:00")

    def test_nothing_left_is_due_at_once_even_at_a_weekend(self):
        saturday = london("2026-06-13 10:00")
        assert add(saturday, timedelta(0), DAYS) == saturday

    @pytest.mark.parametrize("unit", Unit)
    def test_no_time_has_passed_before_the_start(self, unit):
        assert elapsed(london("2026-06-12 15:00"), london("2026-06-11 15:00"), unit) == timedelta(0)


class TestWarning:
    @pytest.mark.parametrize(
        ("start", "duration", "warned"),
        [
            ("2026-06-08 09:00", Duration(4, DAYS), "2026-06-11 09:00"),
            ("2026-04-02 16:00", Duration(2, DAYS), "2026-04-08 04:00"),
            ("2026-06-08 09:00", Duration(4, HOURS), "2026-06-08 12:00"),
            ("2026-10-24 22:00", Duration(8, HOURS), "2026-10-25 03:00"),
        ],
    )
    def test_three_quarters_of_the_time_have_gone(self, start, duration, warned):
        due = due_at(london(start), duration)
        assert warn_at(london(start), due, duration.unit) == london(warned)

    @settings(max_examples=300, deadline=None)
    @given(start=starts_every(MINUTE), duration=st.builds(Duration, st.integers(1, 40), st.sampled_from(Unit)))
    def test_the_warning_comes_before_the_breach(self, start, duration):
        due = due_at(start, duration)
        assert start < warn_at(start, due, duration.unit) < due

    def test_an_hour_is_an_hour_when_the_clocks_go_back(self):
        start = london("2026-10-24 22:00")
        assert elapsed(start, london("2026-10-25 03:00"), HOURS) == 6 * HOUR


class TestDue:
    @pytest.mark.parametrize(
        ("start", "duration", "due"),
        [
            pytest.param("2026-04-02 16:10", Duration(2, DAYS), "2026-04-08 16:10", id="over Easter"),
            pytest.param("2026-06-13 10:00", Duration(1, DAYS), "2026-06-16 00:00", id="a Saturday waits for Monday"),
            pytest.param("2026-06-12 00:00", Duration(1, DAYS), "2026-06-13 00:00", id="all of a Friday"),
            pytest.param("2026-12-24 12:00", Duration(1, DAYS), "2026-12-29 12:00", id="Boxing Day on a Saturday"),
            pytest.param("2027-12-24 12:00", Duration(1, DAYS), "2027-12-29 12:00", id="both Christmas days moved"),
            pytest.param("2026-03-28 23:30", Duration(4, HOURS), "2026-03-29 04:30", id="hours, clocks forward"),
            pytest.param("2026-10-24 23:30", Duration(4, HOURS), "2026-10-25 02:30", id="hours, clocks back"),
            pytest.param("2026-04-02 16:10", Duration(4, HOURS), "2026-04-02 20:10", id="hours run through the night"),
            pytest.param("2026-01-31 09:00", Duration(1, MONTHS), "2026-02-28 09:00", id="a shorter month"),
            pytest.param("2027-11-30 09:00", Duration(3, MONTHS), "2028-02-29 09:00", id="a leap year"),
            pytest.param("2026-12-15 09:00", Duration(12, MONTHS), "2027-12-15 09:00", id="over the new year"),
            pytest.param("2026-03-15 09:00", Duration(1, MONTHS), "2026-04-15 09:00", id="the same time by the clock"),
            pytest.param("2026-02-28 01:30", Duration(13, MONTHS), "2027-03-28 02:30", id="a time that is not"),
        ],
    )
    def test_the_cases_decided(self, start, duration, due):
        assert due_at(london(start), duration) == london(due)

    @pytest.mark.parametrize("unit", Unit)
    def test_it_comes_back_in_utc(self, unit):
        assert due_at(london("2026-06-12 15:00"), Duration(1, unit)).tzinfo == UTC

    @pytest.mark.parametrize("unit", Unit)
    def test_the_second_half_past_one_is_later_than_the_first(self, unit):
        first = london("2026-10-25 01:30")
        assert elapsed(first, first.replace(fold=1), HOURS) == HOUR
        assert due_at(first, Duration(1, unit)) <= due_at(first.replace(fold=1), Duration(1, unit))

    @pytest.mark.parametrize("unit", Unit)
    def test_a_naive_time_is_refused(self, unit):
        naive = datetime(2026, 6, 12, 15, 0)  # noqa: DTZ001
        with pytest.raises(ValueError, match="time zone"):
            due_at(naive, Duration(1, unit))
        with pytest.raises(ValueError, match="time zone"):
            elapsed(naive, naive, unit)
        with pytest.raises(ValueError, match="time zone"):
            add(naive, HOUR, unit)

    def test_a_year_beyond_the_calendar_is_refused(self):
        with pytest.raises(ValueError, match="2010 to 2069"):
            due_at(london("1999-06-12 15:00"), Duration(1, DAYS))

    @pytest.mark.parametrize("amount", [0, -1])
    def test_a_duration_is_at_least_one(self, amount):
        with pytest.raises(ValueError, match="at least 1"):
            Duration(amount, DAYS)

    def test_thousands_are_worked_out_in_no_time(self):
        start = london("2026-04-02 16:10")
        due_at(start, Duration(40, DAYS))
        began = time.process_time()
        for _ in range(5000):
            due_at(start, Duration(40, DAYS))
        assert time.process_time() - began < 1.5


def explained(start, duration, **kwargs):
    return explain(london(start), duration, due_at(london(start), duration, **kwargs), **kwargs)


class TestInWords:
    @pytest.mark.parametrize(
        ("duration", "words"),
        [
            (Duration(2, DAYS), "2 working days"),
            (Duration(1, DAYS), "1 working day"),
            (Duration(4, HOURS), "4 hours"),
            (Duration(1, HOURS), "1 hour"),
            (Duration(1, MONTHS), "1 month"),
            (Duration(12, MONTHS), "12 months"),
        ],
    )
    def test_a_duration(self, duration, words):
        assert str(duration) == words

    def test_a_short_span_names_each_day_that_does_not_count(self):
        assert explained("2026-04-02 16:10", Duration(2, DAYS)) == (
            "2 working days from Thursday 2 April 2026, 4:10pm, is Wednesday 8 April 2026, 4:10pm. "
            "Friday 3 April (Good Friday), the weekend and Monday 6 April (Easter Monday) do not count."
        )

    def test_midnight_is_said_as_the_end_of_a_day(self):
        assert explained("2026-06-13 10:00", Duration(1, DAYS)) == (
            "1 working day from Saturday 13 June 2026, 10am, is the end of Monday 15 June 2026. "
            "The weekend does not count."
        )

    def test_midnight_at_the_start_is_said_as_the_start_of_a_day(self):
        assert explained("2026-06-09 00:00", Duration(1, DAYS)) == (
            "1 working day from the start of Tuesday 9 June 2026 is the end of Tuesday 9 June 2026. "
            "No weekend or bank holiday comes between."
        )

    def test_a_long_span_counts_the_weekends(self):
        assert explained("2026-12-23 12:00", Duration(5, DAYS)) == (
            "5 working days from Wednesday 23 December 2026, midday, is Monday 4 January 2027, midday. 2 weekends, "
            "Friday 25 December (Christmas Day), Monday 28 December (Boxing Day, substitute day) and "
            "Friday 1 January (New Year's Day) do not count."
        )

    def test_weekends_alone(self):
        assert explained("2027-07-09 17:05", Duration(20, DAYS)).endswith("5:05pm. 4 weekends do not count.")

    def test_a_proclaimed_day(self):
        text = explained("2026-06-12 09:05", Duration(1, DAYS), extra=frozenset({date(2026, 6, 15)}))
        assert text.endswith("The weekend and Monday 15 June (proclaimed bank holiday) do not count.")

    def test_hours(self):
        assert explained("2026-04-02 16:10", Duration(4, HOURS)) == (
            "4 hours from Thursday 2 April 2026, 4:10pm, is Thursday 2 April 2026, 8:10pm. "
            "Nights, weekends and bank holidays count."
        )

    @pytest.mark.parametrize(("start", "way"), [("2026-03-28 23:00", "forward"), ("2026-10-24 23:00", "back")])
    def test_hours_when_the_clocks_change(self, start, way):
        assert explained(start, Duration(4, HOURS)).endswith(f"The clocks go {way} in that time.")

    def test_months(self):
        assert explained("2026-05-11 16:00", Duration(3, MONTHS)) == (
            "3 months from Monday 11 May 2026, 4pm, is Tuesday 11 August 2026, 4pm."
        )

    def test_a_shorter_month(self):
        text = explained("2026-01-31 09:00", Duration(1, MONTHS))
        assert text.endswith("Saturday 28 February 2026, 9am. February has no day 31, so its last day counts.")

    def test_a_time_just_after_midnight(self):
        assert "Tuesday 9 June 2026, 12:05am" in explained("2026-06-09 00:05", Duration(1, HOURS))

    def test_a_clock_that_was_paused_is_not_explained_away(self):
        text = explain(london("2026-06-09 09:00"), Duration(1, DAYS), london("2026-06-11 09:00"))
        assert text.startswith("1 working day from Tuesday 9 June 2026, 9am, would be Wednesday 10 June 2026, 9am.")
        assert text.endswith(
            "It is now Thursday 11 June 2026, 9am, because the clock was paused or the calendar has changed."
        )


def test_the_version_of_the_calendar_changes_with_a_proclaimed_day():
    proclaimed = calendar_version(frozenset({date(2026, 6, 15)}))
    assert proclaimed != calendar_version()
    assert len(proclaimed) <= 40
