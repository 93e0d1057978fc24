"""Cities and their countries: the places after which CLDR names the time zones, through Babel."""

from typing import final

from mof.tasks.countries import MEMBERS, country_names
from mof.tasks.fact_table import FactTable

# Places whose country is a matter of dispute or of an open vote: not asked.
_DISPUTED = {"Asia/Famagusta", "Asia/Jerusalem", "Africa/Ceuta", "Europe/Simferopol", "Pacific/Bougainville"}
# Places that share their Chinese name with one of another country: two answers would be right. CLDR calls the
# zone of 多米尼克 多米尼加, and that of a town in Kazakhstan 乌拉尔: a reader takes them for others.
_SHARED = set(
    "圣胡安 圣路易斯 科尔多瓦 梅里达 门多萨 拉里奥哈 奥克兰 圣地亚哥 哈利法克斯 诺克斯 道森 达尔文 的黎波里 "
    "圣保罗 圣约翰斯 圣塔伦 博阿维斯塔 拉巴斯 蒙特雷 查塔姆 安提瓜 多米尼加 乌拉尔".split()
)


@final
class CityCountry(FactTable):
    """Cities and islands, and the countries they belong to."""

    name = "city_country"
    gloss = "The country to which a city or an island belongs, and a city of a country."
    columns = ("city", "country")
    templates = (
        "{city}位于[country]。",
        "{country}境内有个地方叫[city]。",
        "问：{city}在哪个国家？答：[country]。",
        "他订了去{city}的机票，目的地所在的国家是[country]。",
        "{city}这个地方属于[country]。",
        "填空：地名{city}，所在国家[country]。",
        "爷爷年轻时到过{city}，他说那地方在[country]。",
        "地图上找{city}，要先找到[country]。",
        "“我下个月飞{city}。”“哦，那就是去[country]。”",
        "地理小测验：{city}归哪国管辖？答案是[country]。",
        "从{city}寄来的信，邮票是[country]的。",
        "世界时钟里列出了{city}，它所在的国家是[country]。",
        "导游问大家{city}在哪个国家，有人答：[country]。",
        "问：请说出{country}的一个城市或岛屿。答：[city]。",
        "在时区列表中查{country}，查到的地名有[city]。",
        "到{country}旅行，可以去[city]。",
        "我在{country}有一位笔友，他住在[city]。",
        "飞机飞往{country}，目的地写着[city]。",
        "提起{country}，你会想到哪个地名？我想到[city]。",
        "请举一个位于{country}的地方：[city]。",
        "属于{country}的地名，例如[city]。",
        "天气预报播到{country}，屏幕上出现的地名是[city]。",
    )

    def read_facts(self):
        from babel import Locale
        from babel.core import get_global

        countries, cities = country_names(), Locale.parse("zh_Hans").time_zones
        territory_of, current = get_global("zone_territories"), get_global("zone_aliases")
        taken = set(countries.values()) | _SHARED
        for zone in sorted(cities):
            country = territory_of.get(zone) or territory_of.get(current.get(zone))
            city = cities[zone].get("city")
            if zone not in _DISPUTED and country in MEMBERS and city and city not in taken:
                yield city, countries[country]
