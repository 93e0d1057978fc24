"""Languages: where they are official, their codes, their names and their scripts, from CLDR through Babel."""

import functools
from typing import final

from mof.tasks.countries import country_names, fold
from mof.tasks.fact_table import FactTable

# codes for "several", "unknown" and "none", for two scripts, and for a language whose Chinese name is a slip
_NO_LANGUAGE = {"mul", "und", "zxx", "nqo", "zbl", "slh"}
# CLDR counts these as official, their own law does not: Arabic in Israel since 2018, Swiss German anywhere,
# French in the Maghreb, in Mali since 2023, Burkina Faso since 2024 and Niger since 2025, Russian in Ukraine,
# English in Madagascar since 2010; Wolof and Yoruba are national languages.
_NOT_OFFICIAL = {
    *(("IL", "ar"), ("CH", "gsw"), ("LI", "gsw"), ("UA", "ru"), ("MG", "en"), ("SN", "wo"), ("NG", "yo")),
    *((country, "fr") for country in "DZ MA TN ML BF NE".split()),
}
_NORTH_KOREAN = "朝鲜语"  # what readers call 韩语 where 朝鲜 speaks it
_OWN_SCRIPT = {"mnc"}  # Manchu: the script that CLDR counts as Mongolian is 满文 to readers


@functools.cache
def language_names():
    """ISO 639 code → Chinese name, of the languages whose name is one plain word."""
    from babel import Locale

    return {
        code: name
        for code, name in sorted(Locale.parse("zh_Hans").languages.items())
        if code.isalpha() and code not in _NO_LANGUAGE and name.isalpha()
    }


@final
class OfficialLanguage(FactTable):
    """Countries and the languages in which they are governed."""

    name = "official_language"
    gloss = "An official language of a country, and a country where a language is official."
    columns = ("country", "language")
    templates = (
        "{country}的官方语言有[language]。",
        "官方语言包括{language}的国家有[country]。",
        "在{country}，政府文件使用的一种语言是[language]。",
        "问：{country}的官方语言是什么？请答出一种。答：[language]。",
        "想去{country}工作，最好先学会那里的官方语言，例如[language]。",
        "填空：{country}的官方语言之一是[language]。",
        "{country}的学校和法院里，人们正式使用的语言有[language]。",
        "“到{country}的机关办事，讲什么话？”“可以讲[language]。”",
        "老师让大家说出{country}的一种官方语言，小红举手说：[language]。",
        "请写出{country}的任意一种官方语言：[language]。",
        "飞机降落在{country}，机场广播里响起了当地的官方语言[language]。",
        "要把合同翻译给{country}的政府部门看，可以译成[language]。",
        "问：哪个国家把{language}当作官方语言？答：[country]。",
        "他会说{language}，到以它为官方语言的国家办事毫无困难，比如[country]。",
        "以{language}为官方语言的国家，可以举出[country]。",
        "语言地图上，{language}具有官方地位的国家之一是[country]。",
        "学了{language}，到哪个国家能和官员交谈？比如[country]。",
        "考考你：{language}在哪国是官方语言？我答[country]。",
        "这份公报用{language}写成，它的发布国可能是[country]。",
        "请举一个官方语言为{language}的国家作例子：[country]。",
        "从法律上说，{language}享有官方地位的国家包括[country]。",
    )

    def read_facts(self):
        from babel.languages import get_official_languages

        names = language_names()
        for code, country in country_names().items():
            for language in get_official_languages(code, de_facto=True):
                if language in names and (code, language) not in _NOT_OFFICIAL:
                    yield country, _NORTH_KOREAN if code == "KP" else names[language]

    def normalize(self, answer):
        """朝鲜语 and 韩语 are one language."""
        return super().normalize(answer).replace(_NORTH_KOREAN, "韩语")


@final
class LanguageCode(FactTable):
    """Languages and their codes of two or three letters."""

    name = "language_code"
    gloss = "ISO 639 codes of languages, such as fr for French."
    columns = ("language", "code")
    templates = (
        "{language}的语言代码是[code]。",
        "语言代码{code}表示[language]。",
        "网页的lang属性若要标明{language}，应写成[code]。",
        "问：{language}在ISO 639里的代码是什么？答：[code]。",
        "手机设置里，{language}的缩写显示为[code]。",
        "填空：语言“{language}”，代码“[code]”。",
        "翻译软件把{language}记作[code]。",
        "数据集用ISO 639代码标明语种，{language}一栏填的是[code]。",
        "请把语言名称{language}改写成国际代码：[code]。",
        "程序员想加入{language}界面，于是新建了一个文件夹，名字叫[code]。",
        "“{language}的代码你记得吗？”“记得，是[code]。”",
        "字幕文件的名字里带有{code}，说明字幕是[language]。",
        "问：{code}是哪一种语言的代码？答：[language]。",
        "在语言代码表里查{code}，得到的中文名称是[language]。",
        "网站地址末尾的{code}意味着这一版用的是[language]。",
        "看见标签{code}，我就知道这本词典收的是[language]。",
        "单词卡正面写{code}，背面写[language]。",
        "判断语种：代码为{code}，语种为[language]。",
        "文件头注明语言为{code}，也就是[language]。",
        "语言学课上，教授写下{code}，并解释说这代表[language]。",
        "同事问{code}指什么语言，我回答：[language]。",
    )

    def read_facts(self):
        for code, name in language_names().items():
            yield name, code

    def normalize(self, answer):
        return fold(answer)


@final
class LanguageOwnName(FactTable):
    """Languages and what their speakers call them."""

    name = "language_own_name"
    gloss = "What a language is called in itself, such as suomi for Finnish."
    columns = ("language", "own")
    templates = (
        "{language}用自己的文字写作[own]。",
        "“{own}”翻译成中文是[language]。",
        "问：{language}的本名怎么写？答：[own]。",
        "说{language}的人把自己的语言叫做[own]。",
        "网站的语言菜单里，{language}一项写着[own]。",
        "在语言选择页面，想看{language}的人应该点击[own]。",
        "填空：{language}的自称是[own]。",
        "词典封面上，{language}的原文名称印作[own]。",
        "学{language}的第一课，老师在黑板上写下这门语言的原名：[own]。",
        "软件的语言列表按原名排列，其中{language}的名字是[own]。",
        "请写出{language}在这种语言里的名称：[own]。",
        "“{language}的原名你会写吗？”“会，写成[own]。”",
        "语言列表里有一项是“{own}”，它指的是[language]。",
        "问：“{own}”是哪种语言的自称？答：[language]。",
        "手机语言误设成了“{own}”，这其实是[language]。",
        "看到菜单上的“{own}”，他知道那是[language]。",
        "课本书名里有“{own}”一词，可见这本书教的是[language]。",
        "用中文说，“{own}”就是[language]。",
        "把语言的原名和中文名连起来：“{own}”对应[language]。",
        "一位外国朋友说他的母语是“{own}”，也就是中文说的[language]。",
        "考考你，“{own}”指什么语言？答案是[language]。",
    )

    def read_facts(self):
        from babel import Locale
        from babel.localedata import locale_identifiers

        written = set(locale_identifiers())
        for code, name in language_names().items():
            own = Locale.parse(code).languages.get(code) if code in written else None
            if own and own != name:
                yield name, own

    def normalize(self, answer):
        return fold(answer)


@final
class LanguageScript(FactTable):
    """Languages and the scripts they are usually written in."""

    name = "language_script"
    gloss = "The script in which a language is usually written, such as Cyrillic for Russian."
    columns = ("language", "script")
    templates = (
        "{language}通常用[script]书写。",
        "通常用{script}书写的语言有[language]。",
        "问：{language}一般用什么文字来写？答：[script]。",
        "翻开一本{language}的书，看到的文字多半是[script]。",
        "要用键盘打{language}，得切换到的文字是[script]。",
        "填空：书写{language}所用的文字系统是[script]。",
        "排印一本{language}的书，一般要用的文字是[script]。",
        "语言学家说，{language}最常见的书写形式是[script]。",
        "学{language}之前，先要认识的文字叫[script]。",
        "要为{language}设计一套字体，设计师画的一般是[script]。",
        "“{language}用哪种文字？”“用[script]。”",
        "请写出{language}惯用的文字：[script]。",
        "问：哪种语言通常用{script}来写？请举一例。答：[language]。",
        "认得{script}的人，可以试着读一读[language]。",
        "在常用{script}书写的语言里，可以举出[language]。",
        "以{script}为主要文字的语言之一是[language]。",
        "图书馆把用{script}印的书放在一起，其中可能有[language]。",
        "碑上刻的是{script}，所记录的语言可能是[language]。",
        "考考你：{script}用来写什么语言？举一个就行，比如[language]。",
        "请说出一种习惯上使用{script}的语言：[language]。",
        "配对练习：文字一栏是{script}，语言一栏可以填[language]。",
    )

    def read_facts(self):
        from babel import Locale
        from babel.core import get_global

        scripts, likely = Locale.parse("zh_Hans").scripts, get_global("likely_subtags")
        for code, name in language_names().items():
            script = scripts.get(likely[code].split("_")[1]) if code in likely else None
            # leaves out codes that name a mode or a style, such as 简体
            if script and script.endswith("文") and code not in _OWN_SCRIPT:
                yield name, script

    def normalize(self, answer):
        return fold(answer)
