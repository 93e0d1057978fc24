"""Dates against Python's datetime and calendar."""

import calendar
import datetime
import re

from mof.tasks.dates import DaysLater, WeekdayInMonth, WeekdayOfDate
from tests.tasks.family_contract import check_oracle

WEEKDAYS = "一二三四五六日"


def read_date(text):
    return datetime.date(*map(int, re.findall(r"\d+", text)))


def test_days_later():
    def solve(direction, start=None, days=None, later=None):
        if direction == "days":
            return (read_date(later) - read_date(start)).days
        step = datetime.timedelta(int(days))
        date = read_date(start) + step if start else read_date(later) - step
        return f"{date.year}年{date.month}月{date.day}日"

    check_oracle(DaysLater(), solve)


def test_days_later_counts_leap_days():
    family = DaysLater()
    starts = {family.slots(index)["start"][4:] for index in range(20_000)}
    assert "年2月29日" in starts and "年2月30日" not in starts and len(starts) == 366


def test_day_may_be_called_hao():
    family = DaysLater()
    question = family.question(0, 0)
    assert family.is_right(question, question.answer.replace("日", "号") + "。")


def test_weekday_in_month():
    # some month of 31 days that begins on each weekday
    months = {
        calendar.monthrange(year, month)[0]: calendar.Calendar().itermonthdays2(year, month)
        for year in range(2015, 2025)
        for month in (1, 3, 5, 7, 8, 10, 12)
    }
    months = {first: {day: weekday for day, weekday in days if day} for first, days in months.items()}
    assert len(months) == 7

    def solve(direction, known, asked, weekday):
        fitting = [days for days in months.values() if WEEKDAYS[days[int(known)]] == weekday]
        [answer] = {WEEKDAYS[days[int(asked)]] for days in fitting}
        return answer

    check_oracle(WeekdayInMonth(), solve)


def test_weekday_of_date():
    def solve(direction, date=None, iso=None, slashed=None, year=None, month=None, day=None):
        found = read_date(date or iso or slashed or f"{year} {month} {day}")
        return WEEKDAYS[found.weekday()]

    check_oracle(WeekdayOfDate(), solve)


def test_last_date_is_the_end_of_2039():
    family = WeekdayOfDate()
    assert family.slots(family.num_facts - 1)["iso"] == "2039-12-31"


def test_sunday_has_two_names():
    family = WeekdayOfDate()
    question = family.question(6, 0)
    assert question.text == "1990年1月7日是星期日。"
    assert family.is_right(question, "天。") and family.is_right(question, "日。")
    assert not family.is_right(question, "天日。") and not family.is_right(question, "六。")
