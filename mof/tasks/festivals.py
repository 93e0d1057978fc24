"""Years and days of the Chinese calendar: festivals from `holidays`, names of years by the cycle of 60."""

from typing import final

from mof.tasks.fact_table import FactTable

STEMS = "甲乙丙丁戊己庚辛壬癸"
BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
ANIMALS = "鼠牛虎兔龙蛇马羊猴鸡狗猪"
# 4 CE was a year 甲子; the names are asked for the years that readers, or their grandparents, may have seen.
_EPOCH_YEAR, _FIRST_YEAR, _LAST_YEAR = 4, 1800, 2099
_FESTIVALS = ("春节", "清明节", "端午节", "中秋节")
_FIRST_HOLIDAY_YEAR = 1950  # in this calendar of public holidays


@final
class FestivalDate(FactTable):
    """The festivals that follow the moon or the sun, and their dates in the common calendar."""

    name = "festival_date"
    gloss = "The date of a traditional Chinese festival in a year."
    columns = ("year", "festival", "date")
    templates = (
        "{year}年的{festival}是[date]。",
        "{year}年{date}是传统节日[festival]。",
        "问：{year}年{festival}在公历哪一天？答：[date]。",
        "翻开{year}年的日历，{festival}那一格的日期是[date]。",
        "按公历算，{year}年的{festival}落在[date]。",
        "奶奶翻黄历，查到{year}年过{festival}的日子是[date]。",
        "填空：{year}年，{festival}，公历[date]。",
        "全家人要一起过{year}年的{festival}，日子是[date]。",
        "想知道{year}年{festival}是几月几日吗？是[date]。",
        "查万年历：年份{year}，节日{festival}，结果[date]。",
        "“{year}年的{festival}是哪天？”“是[date]。”",
        "车站公告：{year}年{festival}当天，也就是公历[date]。",
        "学校发通知说{year}年{festival}放假，节日当天是[date]。",
        "请写出{year}年{festival}的公历日期：[date]。",
        "问：{year}年{date}过的是什么传统节日？答：[festival]。",
        "{year}年的日历上，{date}下面印着红字[festival]。",
        "假如有人出生在{year}年{date}，他出生那天恰好是[festival]。",
        "{year}年{date}这天，商店关门比平时早，因为要过[festival]。",
        "日历卡上写着“{year}年{date}”，查一查，正是[festival]。",
        "考考你：公历{year}年{date}逢什么节？逢[festival]。",
        "把日期和节日连线，{year}年{date}应连[festival]。",
    )

    def read_facts(self):
        import holidays

        first_days = {}
        calendar = holidays.China(years=range(_FIRST_HOLIDAY_YEAR, _LAST_YEAR + 1), language="zh_CN")
        for day, label in sorted(calendar.items()):
            for festival in label.split("; "):
                if festival in _FESTIVALS:
                    first_days.setdefault((day.year, festival), day)
        for (year, festival), day in first_days.items():
            yield str(year), festival, f"{day.month}月{day.day}日"


@final
class YearName(FactTable):
    """Years of the Chinese calendar, their names in the cycle of sixty and their animals."""

    name = "year_name"
    gloss = "The name of a year in the cycle of sixty, and its animal."
    columns = ("year", "pair", "animal")
    templates = (
        "农历{year}年的干支是[pair]。",
        "农历{year}年的生肖是[animal]。",
        "1800年到2099年，干支为{pair}的年份有公元[year]年。",
        "问：{year}年按干支纪年是什么年？答：[pair]年。",
        "用天干地支来记，公历{year}年大部分时间属于[pair]年。",
        "书画落款不写{year}年，而写岁次[pair]。",
        "填空：公元{year}年，岁在[pair]。",
        "家谱里不写{year}年，写的是[pair]年。",
        "请把{year}年春节以后的日子换成干支纪年：[pair]年。",
        "“{year}年的干支怎么说？”“叫做[pair]。”",
        "历史老师说，从{year}年春节起就算[pair]年。",
        "问：{year}年出生的孩子一般属什么？答：属[animal]。",
        "{year}年春节过后出生的人属[animal]。",
        "{year}年春节的年画上，画着当年的生肖[animal]。",
        "假如为{year}年印一枚生肖邮票，图案应当是[animal]。",
        "假如有人生在{year}年夏天，他的属相是[animal]。",
        "猜属相：{year}年六月出生的人，属[animal]。",
        "十二生肖轮流值年，轮到{year}年的是[animal]。",
        "问：哪一年是{pair}年？请举出公元1800年到2099年之间的一年。答：[year]年。",
        "碑文刻着“{pair}年立”，若在1800年到2099年之间，可能是公元[year]年。",
        "查1800年到2099年的干支对照表，{pair}年可以对应公元[year]年。",
        "公元1800到2099年里，用干支纪年称作{pair}的，比如[year]年。",
    )

    def read_facts(self):
        for year in range(_FIRST_YEAR, _LAST_YEAR + 1):
            count = year - _EPOCH_YEAR
            yield str(year), STEMS[count % 10] + BRANCHES[count % 12], ANIMALS[count % 12]
