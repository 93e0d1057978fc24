"""Currencies: who pays in them and how they are abbreviated, from CLDR through Babel."""

import functools
from typing import final

from mof.tasks.countries import MEMBERS, country_names, fold
from mof.tasks.fact_table import FactTable

# Members whose currency has changed since CLDR 47, that of Babel 2.18: Bulgaria, to the euro, in 2026.
_CHANGED = {"BG"}
# Old currencies whose name in CLDR is a slip, or is what readers call the money of today: 缅元, 加纳塞第.
_MISNAMED = {"BGM", "BUK", "CSK", "GHC", "UAK"}


@functools.cache
def currencies_in_use():
    """Pairs (alpha-2 code of a country, ISO 4217 code of a currency that is legal tender there now)."""
    from babel.core import get_global

    tenders = get_global("territory_currencies")
    return tuple(
        (country, currency)
        for country in country_names()
        if country not in _CHANGED
        for currency, _, until, is_tender in tenders.get(country, ())
        if until is None and is_tender
    )


@functools.cache
def _currency_names():
    from babel import Locale

    return Locale.parse("zh_Hans").currencies


@final
class CountryCurrency(FactTable):
    """Countries and their money."""

    name = "country_currency"
    gloss = "The currency that is legal tender in a country, and a country that pays in a currency."
    columns = ("country", "currency")
    templates = (
        "{country}的法定货币是[currency]。",
        "使用{currency}的国家有[country]。",
        "在{country}买东西，付的是[currency]。",
        "问：{country}用什么钱？答：[currency]。",
        "去{country}旅行之前，要准备好当地通用的[currency]。",
        "{country}的商店标价用的货币单位是[currency]。",
        "填空：{country}流通的货币叫做[currency]。",
        "爸爸从{country}出差回来，钱包里还剩几张[currency]。",
        "地理课上，老师问{country}的货币名称，小明答：[currency]。",
        "一位{country}商人收款时，收的多半是[currency]。",
        "银行柜台上，客人说要去{country}，柜员给他准备了[currency]。",
        "请写出{country}通用的货币：[currency]。",
        "把“国家”和“货币”连线，{country}应该连到[currency]。",
        "“{country}的钱叫什么？”“叫[currency]。”",
        "问：哪个国家的法定货币是{currency}？答：[country]。",
        "{currency}可以在哪个国家花？例如[country]。",
        "手里拿着{currency}，可以直接去购物的国家是[country]。",
        "请举出一个以{currency}为法定货币的国家：[country]。",
        "他的工资用{currency}发放，看来他工作的国家可能是[country]。",
        "考考你：{currency}在哪国流通？我的答案是[country]。",
        "收藏家指着一枚{currency}硬币说，现在用这种钱的国家有[country]。",
    )

    def read_facts(self):
        countries, names = country_names(), _currency_names()
        for country, currency in currencies_in_use():
            if currency in names:  # the newest have no Chinese name yet
                yield countries[country], names[currency]


@final
class CurrencyCode(FactTable):
    """Currencies and their codes of three letters."""

    name = "currency_code"
    gloss = "ISO 4217 codes of currencies, such as EUR for the euro, old currencies among them."
    columns = ("currency", "code")
    templates = (
        "{currency}的货币代码是[code]。",
        "货币代码{code}代表[currency]。",
        "外汇牌价上，{currency}的缩写是[code]。",
        "问：{currency}用哪三个字母表示？答：[code]。",
        "ISO 4217标准给{currency}规定的代码为[code]。",
        "填空：{currency}，三字母代码[code]。",
        "汇款单上的币种是{currency}，代码一栏要填[code]。",
        "财务软件里选择{currency}，屏幕上显示的代码是[code]。",
        "“{currency}”在国际贸易单据中简写成[code]。",
        "请把货币名称{currency}换成国际通用代码：[code]。",
        "她想查{currency}的汇率，于是在搜索框里输入[code]。",
        "“{currency}怎么缩写？”“写成[code]。”",
        "看到{code}三个字母，会计马上知道这笔账用的是[currency]。",
        "问：{code}是什么货币？答：[currency]。",
        "报价单末尾写着{code}，说明结算用的货币是[currency]。",
        "在ISO 4217货币表中，{code}这一行的中文名称是[currency]。",
        "考试题：代码{code}对应的货币名称为[currency]。",
        "{code}翻译成中文是[currency]。",
        "合同规定用{code}付款，也就是说要付[currency]。",
        "同学问我{code}指哪国的钱，我说是[currency]。",
        "汇率软件首页有{code}，点开一看，原来是[currency]。",
    )

    def read_facts(self):
        from babel.core import get_global

        names, tenders = _currency_names(), get_global("territory_currencies")
        # legal tender in a country at some time, which funds, metals and units of account were not
        codes = {code for country in MEMBERS for code, _, _, is_tender in tenders[country] if is_tender}
        for code in sorted(codes & set(names) - _MISNAMED):
            if names[code].replace("-", "").isalpha():  # no span of years, no remark
                yield names[code], code

    def normalize(self, answer):
        return fold(answer)
