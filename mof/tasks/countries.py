"""Countries: their ISO 3166 codes, from CLDR, and their calling codes, from libphonenumber.

Only the members of the United Nations are asked about. Their codes are the one table here that no library on
hand holds; their names and all else come from CLDR through Babel.
"""

import functools
import unicodedata
from typing import final

from mof.tasks.fact_table import FactTable

# ISO 3166-1 alpha-2 codes of the 193 members of the United Nations.
MEMBERS = tuple(
    """
    AD AE AF AG AL AM AO AR AT AU AZ BA BB BD BE BF BG BH BI BJ BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CL
    CM CN CO CR CU CV CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FM FR GA GB GD GE GH GM GN GQ GR GT GW
    GY HN HR HT HU ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KI KM KN KP KR KW KZ LA LB LC LI LK LR LS LT LU
    LV LY MA MC MD ME MG MH MK ML MM MN MR MT MU MV MW MX MY MZ NA NE NG NI NL NO NP NR NZ OM PA PE PG PH PK
    PL PT PW PY QA RO RS RU RW SA SB SC SD SE SG SI SK SL SM SN SO SR SS ST SV SY SZ TD TG TH TJ TL TM TN TO
    TR TT TV TZ UA UG US UY UZ VC VE VN VU WS YE ZA ZM ZW
    """.split()
)
# Codes that states of the past, or with other borders, left to members of today (ISO 3166-3 and former M49).
_WITHDRAWN = set("BUR DDR FXX TMP YMD ZAR 230 249 278 280 720 736 886".split())


@functools.cache
def country_names():
    """Alpha-2 code → Chinese name, for the members of the United Nations."""
    from babel import Locale

    names = Locale.parse("zh_Hans").territories
    return {code: names[code] for code in MEMBERS}


def fold(answer):
    """Letters without regard to case or width: ＦＲ, fr and FR are one answer."""
    return unicodedata.normalize("NFKC", answer).strip().casefold()


@final
class CountryCode(FactTable):
    """Countries and their codes of two letters, three letters and three digits."""

    name = "country_code"
    gloss = "ISO 3166 codes of countries: two letters, three letters, three digits."
    columns = ("country", "two", "three", "digits")
    templates = (
        "{country}的两字母国家代码是[two]。",
        "{two}是[country]的国家代码。",
        "按照ISO 3166-1标准，{country}用两个字母表示，写作[two]。",
        "问：{country}的两位字母代码是什么？答：[two]。",
        "国际邮包上常用国家缩写，代表{country}的两个字母是[two]。",
        "填空：国家“{country}”对应的两位字母缩写为[two]。",
        "看到国家代码{two}，就知道说的是[country]。",
        "问：国家代码{two}代表哪个国家？答：[country]。",
        "考考你，代码{two}指的是哪国？正确答案是[country]。",
        "在ISO国家列表中查{two}，查到的国家叫做[country]。",
        "表格的国别一栏填着{two}，翻译成中文就是[country]。",
        "“{two}指的是哪个国家呀？”“是[country]。”",
        "{country}的三字母国家代码是[three]。",
        "问：用三个字母怎样表示{country}？答：[three]。",
        "不按奥运会的写法，而按ISO标准，{country}的三字母缩写是[three]。",
        "统计表用三个字母代表一国，按ISO 3166-1，{country}的代码是[three]。",
        "请写出{country}在ISO 3166-1中的三字母代码：[three]。",
        "{country}的三位数字国家代码是[digits]。",
        "问：联合国统计用的数字代码里，{country}是多少？答：[digits]。",
        "除了字母，国家还有数字编号，{country}的编号是[digits]。",
        "填空题：{country}的ISO 3166-1数字代码为[digits]。",
        "我想用数字表示{country}，应该写三位数字[digits]。",
        "按照国际标准，小王把{country}简写成两个大写字母，他写的是[two]。",
    )

    def read_facts(self):
        from babel.core import get_global

        longer = {}
        for alias, targets in get_global("territory_aliases").items():
            if len(alias) == 3 and len(targets) == 1 and alias not in _WITHDRAWN:
                longer[targets[0], alias.isdigit()] = alias
        for code, country in country_names().items():
            yield country, code, longer[code, False], longer[code, True]

    def normalize(self, answer):
        return fold(answer)


@final
class CallingCode(FactTable):
    """Countries and the numbers that call them from abroad."""

    name = "calling_code"
    gloss = "International calling codes of countries, such as +33 for France."
    columns = ("country", "code")
    templates = (
        "{country}的国际电话区号是+[code]。",
        "+{code}是[country]的国际电话区号。",
        "从国外往{country}打电话，要先拨+[code]。",
        "问：{country}的电话国家代码是多少？答：+[code]。",
        "如果朋友住在{country}，他的手机号码前面要加上+[code]。",
        "填空：给{country}的公司拨打国际长途，国家代码为+[code]。",
        "通讯录里保存{country}的号码时，开头应写+[code]。",
        "妈妈问我{country}的国际区号，我告诉她是+[code]。",
        "国际电话区号表上，“{country}”那一行写着+[code]。",
        "请记住：往{country}打电话，国际冠码之后拨[code]。",
        "“往{country}打电话怎么拨？”“先拨加号，再拨[code]。”",
        "来电显示以+{code}开头，这个电话可能来自[country]。",
        "问：哪个国家的电话区号是+{code}？答：[country]。",
        "号码前面有+{code}，说明它属于[country]。",
        "拨+{code}可以打到哪个国家？可以打到[country]。",
        "填空题：国际区号+{code}对应的国家是[country]。",
        "在电话区号一览里查+{code}，能查到[country]。",
        "他刚换了+{code}开头的手机号，想必是搬到了[country]。",
        "收到一条短信，发信号码以+{code}开头，发信人大概在[country]。",
        "国际长途的国家号{code}分配给了[country]。",
        "酒店总机的号码以+{code}开头，这家酒店应当在[country]。",
    )

    def read_facts(self):
        import phonenumbers

        for region, country in country_names().items():
            yield country, str(phonenumbers.country_code_for_region(region))

    def normalize(self, answer):
        return fold(answer).removeprefix("+")
