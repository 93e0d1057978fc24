"""Units of measure: Chinese names and symbols from CLDR through Babel, ratios computed by `pint`."""

import functools
import unicodedata
from fractions import Fraction
from typing import final

from mof.tasks.fact_table import FactTable

# CLDR's identifiers of units whose symbols are the same all over the world, without the traditional ones.
_WITH_SYMBOLS = """
    area-square-kilometer area-hectare area-square-meter area-square-centimeter digital-petabyte
    digital-terabyte digital-gigabyte digital-megabyte digital-kilobyte duration-hour duration-minute
    duration-second duration-millisecond duration-microsecond duration-nanosecond duration-day
    electric-ampere electric-milliampere electric-ohm electric-volt energy-kilocalorie energy-calorie
    energy-kilojoule energy-joule energy-kilowatt-hour energy-electronvolt force-newton
    frequency-gigahertz frequency-megahertz frequency-kilohertz frequency-hertz length-kilometer
    length-meter length-decimeter length-centimeter length-millimeter length-micrometer length-nanometer
    length-picometer length-mile length-yard length-foot length-inch length-parsec length-light-year
    light-lux light-candela light-lumen mass-tonne mass-kilogram mass-gram mass-milligram mass-microgram
    mass-pound mass-ounce mass-dalton power-gigawatt power-megawatt power-kilowatt power-watt
    power-milliwatt power-horsepower pressure-bar pressure-millibar pressure-atmosphere pressure-pascal
    pressure-hectopascal pressure-kilopascal pressure-megapascal speed-knot temperature-celsius
    temperature-fahrenheit temperature-kelvin volume-cubic-kilometer volume-cubic-meter
    volume-cubic-centimeter volume-liter volume-deciliter volume-centiliter volume-milliliter
    concentr-mole
    """.split()
# The same identifiers as `pint` writes them, by kind; each pair of a kind has a ratio.
_CONVERTIBLE = {
    "area": "square-kilometer hectare square-meter square-centimeter square-foot square-inch square-yard",
    "digital": "byte bit",  # a kilobyte is 1,000 bytes to some and 1,024 to others
    "duration": "week day hour minute second millisecond microsecond nanosecond",
    "energy": "kilojoule joule kilowatt-hour",  # of the calorie there are several
    "frequency": "gigahertz megahertz kilohertz hertz",
    "length": "kilometer meter decimeter centimeter millimeter micrometer nanometer mile yard foot inch "
    "nautical-mile fathom furlong",
    "mass": "tonne kilogram gram milligram microgram pound ounce stone",
    "power": "gigawatt megawatt kilowatt watt milliwatt",
    "pressure": "megapascal kilopascal hectopascal pascal bar millibar atmosphere",
    "volume": "cubic-kilometer cubic-meter cubic-centimeter liter deciliter centiliter milliliter",
}
_LARGEST_RATIO = 10**12
# CLDR's name → what schoolbooks write
_NAMES = {"公吨": "吨", "秒钟": "秒", "百帕斯卡": "百帕", "千帕斯卡": "千帕", "兆帕斯卡": "兆帕"}
# another right name → the one written here
_SPELLINGS = dict(
    pair.split("/")
    for pair in (
        "千米/公里 平方千米/平方公里 立方公里/立方千米 公吨/吨 公斤/千克 秒钟/秒 分/分钟 星期/周 日/天 "
        "安/安培 欧/欧姆 伏/伏特 焦/焦耳 千焦耳/千焦 牛/牛顿 瓦/瓦特 千瓦特/千瓦 赫/赫兹 千赫兹/千赫 "
        "兆赫兹/兆赫 吉赫兹/吉赫 帕/帕斯卡 百帕斯卡/百帕 千帕斯卡/千帕 兆帕斯卡/兆帕 开/开尔文 大卡/千卡 "
        "卡/卡路里 度/千瓦时"
    ).split()
)


@functools.cache
def unit_registry():
    """The units that `pint` knows, with exact ratios; a second to load."""
    import pint

    return pint.UnitRegistry(non_int_type=Fraction)


@functools.cache
def _unit_patterns():
    """CLDR's patterns "{0}公里" and "{0} km": identifier → (Chinese name, symbol)."""
    from babel.localedata import LocaleDataDict, load

    chinese, root = LocaleDataDict(load("zh")), LocaleDataDict(load("root"))
    names = {}
    for unit in chinese["unit_patterns"]:
        patterns = chinese["unit_patterns"][unit]
        width = "long" if "long" in patterns else "short"
        name = patterns[width].get("other") if width in patterns else None
        symbol = root["unit_patterns"].get(unit, {}).get("short", {}).get("other", "")
        if name and name.startswith("{0}"):
            # 个 counts the unit (3个标准大气压) and is no part of its name
            name = name.removeprefix("{0}").strip().removeprefix("个")
            names[unit] = _NAMES.get(name, name), symbol.removeprefix("{0}").strip()
    return names


@final
class UnitSymbol(FactTable):
    """Units and their international symbols."""

    name = "unit_symbol"
    gloss = "International symbols of units of measure, such as km for the kilometre."
    columns = ("unit", "symbol")
    templates = (
        "单位“{unit}”的符号是[symbol]。",
        "符号{symbol}表示的单位是[unit]。",
        "物理书上，“{unit}”缩写成[symbol]。",
        "问：{unit}的单位符号是什么？答：[symbol]。",
        "仪器的刻度以{unit}计，面板上标着[symbol]。",
        "填空：{unit}，简写[symbol]。",
        "实验报告里不想写汉字“{unit}”，可以写[symbol]。",
        "把单位{unit}换成国际符号：[symbol]。",
        "表格的表头要注明单位{unit}，用字母写是[symbol]。",
        "老师提醒：{unit}的符号要分清大小写，应写成[symbol]。",
        "“{unit}用字母怎么写？”“写作[symbol]。”",
        "说明书的中文版写“{unit}”，英文版写[symbol]。",
        "问：{symbol}是哪个单位的符号？答：[unit]。",
        "包装上印着{symbol}，这个单位的中文名称是[unit]。",
        "数字后面跟着{symbol}，读的时候要说[unit]。",
        "技术图纸用{symbol}作单位，也就是[unit]。",
        "请写出单位符号{symbol}的汉语名称：[unit]。",
        "妹妹不认识{symbol}，我告诉她这是[unit]。",
        "显示屏上的{symbol}翻译成中文是[unit]。",
        "连线题：左边是{symbol}，右边应连[unit]。",
        "计量单位表中，{symbol}一行的中文是[unit]。",
    )

    def read_facts(self):
        patterns = _unit_patterns()
        for unit in _WITH_SYMBOLS:
            if unit in patterns:
                yield patterns[unit]

    def normalize(self, answer):
        """One sign for micro, plain digits for powers, the litre in either case, one name for each unit."""
        answer = unicodedata.normalize("NFKC", answer).strip()
        return answer[:-1] + "l" if answer.endswith("L") else _SPELLINGS.get(answer, answer)


@final
class UnitRatio(FactTable):
    """Pairs of units of one kind, and how many of the smaller make one of the larger, where that is whole."""

    name = "unit_ratio"
    gloss = "How many of a smaller unit make one of a larger unit."
    columns = ("large", "small", "count")
    templates = (
        "把1{large}换算成{small}，数值是[count]。",
        "{count}{small}合起来等于1[large]。",
        "1{large}是多少{small}？是[count]。",
        "问：1{large}等于几{small}？答：[count]。",
        "{large}和{small}之间的进率是[count]。",
        "单位换算：1{large}化成以{small}为单位的数，得[count]。",
        "填空：1{large}里面有多少{small}？数目为[count]。",
        "要凑成1{large}，需要多少{small}？需要[count]。",
        "用{small}来量1{large}，量得的数值为[count]。",
        "从{large}换算成{small}，应当乘[count]。",
        "“1{large}有多少{small}？”“有[count]。”",
        "从{small}换算成{large}，应当除以[count]。",
        "换算表上，1{large}那一行、{small}那一列的数字是[count]。",
        "老师问1{large}合多少{small}，小华算出来是[count]。",
        "在换算器里输入1{large}，选择{small}，屏幕显示[count]。",
        "问：{count}{small}正好等于1个什么单位？答：[large]。",
        "{count}{small}可以写成1[large]。",
        "如果把{count}{small}当作一个整体，这个整体叫做1[large]。",
        "量出来一共{count}{small}，换成大单位，恰好是1[large]。",
        "有一种单位，1个这种单位等于{count}{small}，这种单位是[large]。",
        "猜单位：满{count}{small}就进一，进成1[large]。",
    )

    def read_facts(self):
        registry, names = unit_registry(), _unit_patterns()
        for kind, units in _CONVERTIBLE.items():
            one = {unit: registry.Quantity(Fraction(1), _pint_name(unit)) for unit in units.split()}
            for large in one:
                for small in one:
                    ratio = one[large].to(_pint_name(small)).magnitude
                    if large != small and Fraction(ratio).denominator == 1 and 1 < ratio <= _LARGEST_RATIO:
                        yield names[f"{kind}-{large}"][0], names[f"{kind}-{small}"][0], str(int(ratio))

    def normalize(self, answer):
        """Without the commas of thousands, and with one name for each unit."""
        answer = answer.strip().replace(",", "").replace("，", "")
        return _SPELLINGS.get(answer, answer)


def _pint_name(unit):
    """CLDR's "square-meter" as `pint` reads it, "meter**2"."""
    for word, power in (("square-", 2), ("cubic-", 3)):
        if unit.startswith(word):
            return f"{unit.removeprefix(word)}**{power}"
    return {"tonne": "metric_ton"}.get(unit, unit.replace("-", "_"))
