"""Days and months in other languages, from CLDR through Babel."""

from typing import final

from mof.tasks.countries import fold
from mof.tasks.fact_table import FactTable

_LANGUAGES = """
    af ar az be bg bn ca cs cy da de el en es et eu fa fil fr ga gl gu he hi hr hu hy id is it ja ka kk
    km kn ko ky lo lt lv mk ml mn mr ms my nb ne nl pa pl pt ro ru si sk sl sq sr sv sw ta te th tr uk ur uz
    vi zu
    """.split()
# Their months have one form; in Russian or Czech they take another case within a date.
_UNINFLECTED = "af az da de en es et fil fr gl hu id is it ms nb nl pt ro sq sv sw tr uz".split()


@final
class CalendarWord(FactTable):
    """The names of days and months in some sixty languages."""

    name = "calendar_word"
    gloss = "Names of weekdays and months in other languages, and what such a name means."
    columns = ("language", "meaning", "word")
    templates = (
        "{language}里的“{meaning}”是[word]。",
        "{language}单词“{word}”的意思是[meaning]。",
        "“{meaning}”用{language}说是[word]。",
        "问：“{meaning}”翻译成{language}是什么？答：[word]。",
        "想用{language}表达“{meaning}”，可以写[word]。",
        "填空：中文“{meaning}”，{language}“[word]”。",
        "{language}日历上，“{meaning}”印作[word]。",
        "今天的{language}课学了怎么说“{meaning}”，写法是[word]。",
        "翻译练习，把“{meaning}”译成{language}：[word]。",
        "“‘{meaning}’用{language}怎么说？”“说[word]。”",
        "查{language}词典，“{meaning}”这一条写着[word]。",
        "问：{language}的“{word}”是什么意思？答：[meaning]。",
        "票面上印着{language}“{word}”，也就是[meaning]。",
        "把{language}的“{word}”翻译成中文：[meaning]。",
        "讲{language}的朋友约我“{word}”见面，我在日历上找到[meaning]。",
        "单词卡上写着“{word}”（{language}），背面的中文是[meaning]。",
        "在{language}文章里看到“{word}”，指的是[meaning]。",
        "他不懂{language}，问“{word}”是什么时候，我说是[meaning]。",
        "表示“{meaning}”的词“{word}”出自[language]。",
        "问：哪种语言把“{meaning}”叫做“{word}”？答：[language]。",
        "有人把“{meaning}”说成“{word}”，他说的是[language]。",
        "日历上“{meaning}”写作“{word}”，可见用的是[language]。",
        "判断语种：“{meaning}”写成“{word}”的语言是[language]。",
    )

    def read_facts(self):
        from babel import Locale

        chinese = Locale.parse("zh_Hans")
        days, months = chinese.days["format"]["wide"], chinese.months["format"]["wide"]
        for code in _LANGUAGES:
            other, language = Locale.parse(code), chinese.languages[code]
            for number, day in sorted(days.items()):
                yield language, day, other.days["format"]["wide"][number]
            if code in _UNINFLECTED:
                for number, month in sorted(months.items()):
                    yield language, month, other.months["format"]["wide"][number]

    def normalize(self, answer):
        return fold(answer)
