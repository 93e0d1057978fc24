"""The calendar from 1990 to 2039: days later and earlier, and the days of the week."""

import functools
from typing import final

from mof.tasks.enumeration import scatter, split
from mof.tasks.family import Family

_YEARS = range(1990, 2040)
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_NUM_DATES = 18_262
_WEEKDAYS = "一二三四五六日"
_LONGEST_DAYS = 60  # between two dates


@functools.cache
def _dates():
    """(year, month, day) of each day in turn. The first, 1 January 1990, was a Monday."""
    return tuple(
        (year, month, day)
        for year in _YEARS
        for month, length in enumerate(_MONTH_DAYS, 1)
        for day in range(1, length + 1 + (month == 2 and _is_leap(year)))
    )


def _is_leap(year):
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _fold_weekday(text):
    """天 as 日: 星期天 is 星期日."""
    return text.replace("天", "日")


@final
class DaysLater(Family):
    """Facts: a date, a number of days up to 60, and the date so many days later. Leap years count."""

    name = "days_later"
    kind = "reasoning"
    gloss = "The date so many days after or before another, or the days between two."
    num_facts = 100_000
    templates = (
        "{start}之后第{days}天是[later]。",
        "从{start}起，再过{days}天是[later]。",
        "{later}的{days}天前是[start]。",
        "{start}到{later}，相隔[days]天。",
        "问：{start}过{days}天是哪一天？答：[later]。",
        "问：{later}往前推{days}天是几月几日？答：[start]。",
        "问：从{start}到{later}要过多少天？答：[days]天。",
        "今天是{start}，{days}天后是[later]。",
        "今天是{later}，{days}天以前是[start]。",
        "小明{start}开始放假，{days}天后开学，开学那天是[later]。",
        "图书{start}借出，借期{days}天，到期日是[later]。",
        "工程{start}动工，{days}天后完工，完工日期是[later]。",
        "今天是{start}，离{later}还有[days]天。",
        "会议定在{later}，通知要提前{days}天发出，发出日期是[start]。",
        "牛奶{start}生产，保质期{days}天，最后期限是[later]。",
        "演出票在演出前{days}天开售，{later}的演出，开售日期是[start]。",
        "给{start}加上{days}天，得到[later]。",
        "从{later}减去{days}天，得到[start]。",
        "{start}下单，{later}到货，等了[days]天。",
        "日历一天一页，从{start}往后翻{days}页，翻到[later]。",
        "他{later}出院，入院是在{days}天以前，入院日期是[start]。",
        "种子{start}播下，过了{days}天发芽，发芽的日子是[later]。",
        "离{later}的倒计时还有{days}天，那么今天是[start]。",
        "日期推算：起点{start}，间隔{days}天，终点[later]。",
    )

    def slots(self, index):
        num_starts = _NUM_DATES - _LONGEST_DAYS
        place, days = split(scatter(index, num_starts * _LONGEST_DAYS), num_starts, _LONGEST_DAYS)
        dates = _dates()
        return {
            "start": "{}年{}月{}日".format(*dates[place]),
            "days": str(days + 1),
            "later": "{}年{}月{}日".format(*dates[place + days + 1]),
        }

    def normalize(self, answer):
        """5月1号 as 5月1日."""
        return super().normalize(answer).replace("号", "日")


@final
class WeekdayInMonth(Family):
    """Facts: two days of one month and the weekdays they fall on. Which month it is does not matter."""

    name = "weekday_in_month"
    kind = "reasoning"
    gloss = "One day of a month is a Tuesday, say: which weekday is another day of it?"
    num_facts = 31 * 30 * 7
    templates = (
        "这个月{known}号是星期{weekday}，{asked}号是星期[asked_weekday]。",
        "{known}日星期{weekday}，同一个月的{asked}日星期[asked_weekday]。",
        "已知本月{known}日是周{weekday}，那么本月{asked}日是周[asked_weekday]。",
        "问：{known}号是星期{weekday}，同月{asked}号是星期几？答：星期[asked_weekday]。",
        "如果某月的{known}号是星期{weekday}，那么那个月的{asked}号就是星期[asked_weekday]。",
        "小明查日历，{known}号那一格是星期{weekday}，{asked}号那一格是星期[asked_weekday]。",
        "妈妈说：“{known}号是礼拜{weekday}。”那{asked}号是礼拜[asked_weekday]。",
        "这个月的{known}日正好是星期{weekday}，由此可知{asked}日是星期[asked_weekday]。",
        "本月{known}号（星期{weekday}）开会，本月{asked}号交报告，交报告那天是星期[asked_weekday]。",
        "同一个月里，{known}号如果是周{weekday}，{asked}号一定是周[asked_weekday]。",
        "日历题：某月{known}日是星期{weekday}，求{asked}日是星期几。答案是星期[asked_weekday]。",
        "本月演出的日程里，{known}号那一场在星期{weekday}，{asked}号那一场在星期[asked_weekday]。",
        "小红的生日是本月{asked}号，本月{known}号是星期{weekday}，她的生日是星期[asked_weekday]。",
        "本月{known}号是星期{weekday}，推一推，{asked}号是星期[asked_weekday]。",
        "这个月的工资{asked}号发，这个月{known}号是周{weekday}，发工资那天是周[asked_weekday]。",
        "每七天一个星期：本月{known}号是星期{weekday}，所以本月{asked}号是星期[asked_weekday]。",
        "甲：“{known}号是星期{weekday}。”乙：“那么{asked}号是星期[asked_weekday]。”",
        "考试在这个月的{asked}号；这个月的{known}号是星期{weekday}，所以考试在星期[asked_weekday]。",
        "本月的日程表上，{known}日标着星期{weekday}，{asked}日标着星期[asked_weekday]。",
        "问：本月{asked}日星期几？提示：本月{known}日是星期{weekday}。答：星期[asked_weekday]。",
        "他记得这个月{known}号是礼拜{weekday}，于是算出这个月{asked}号是礼拜[asked_weekday]。",
        "火车票是本月{asked}号的，而本月{known}号是星期{weekday}，可见出发那天是星期[asked_weekday]。",
    )

    def slots(self, index):
        known, step, weekday = split(index, 31, 30, 7)
        asked = (known + 1 + step) % 31
        return {
            "known": str(known + 1),
            "asked": str(asked + 1),
            "weekday": _WEEKDAYS[weekday],
            "asked_weekday": _WEEKDAYS[(weekday + asked - known) % 7],
        }

    def normalize(self, answer):
        return _fold_weekday(super().normalize(answer))


@final
class WeekdayOfDate(Family):
    """Facts: a date between 1990 and 2039 and its weekday, with nothing else given."""

    name = "weekday_of_date"
    kind = "reasoning"
    gloss = "The weekday of a date."
    num_facts = _NUM_DATES
    templates = (
        "{date}是星期[weekday]。",
        "{iso}是星期[weekday]。",
        "查一查万年历，{date}是星期[weekday]。",
        "问：{date}是星期几？答：星期[weekday]。",
        "问：{iso}那天是周几？答：周[weekday]。",
        "日历翻到{year}年，{month}月{day}号是礼拜[weekday]。",
        "在{year}年，{month}月{day}日落在星期[weekday]。",
        "小明的生日会定在{date}，那一天是星期[weekday]。",
        "{date}那天要不要上班？先看星期几：星期[weekday]。",
        "会议时间：{date}，星期[weekday]。",
        "报纸的日期写着“{date}”，旁边印着星期[weekday]。",
        "算一算{date}是一周的哪一天，结果是星期[weekday]。",
        "信的末尾署着{date}，也就是星期[weekday]。",
        "{date}举行开学典礼，当天是周[weekday]。",
        "如果问{year}年{month}月{day}号是礼拜几，回答是礼拜[weekday]。",
        "程序输入{iso}，输出：星期[weekday]。",
        "{slashed}对应星期[weekday]。",
        "航班日期{slashed}，周[weekday]。",
        "日程本上写着{slashed}，那是一个星期[weekday]。",
        "他们在{date}结婚，婚礼那天是星期[weekday]。",
        "纪念日是{date}，那天正好是星期[weekday]。",
        "“{year}年的{month}月{day}日是周几？”“周[weekday]。”",
    )

    def slots(self, index):
        year, month, day = _dates()[index]
        return {
            "date": f"{year}年{month}月{day}日",
            "iso": f"{year}-{month:02}-{day:02}",
            "slashed": f"{year}/{month}/{day}",
            "year": str(year),
            "month": str(month),
            "day": str(day),
            "weekday": _WEEKDAYS[index % 7],
        }

    def normalize(self, answer):
        return _fold_weekday(super().normalize(answer))
