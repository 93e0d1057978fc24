"""Chemical elements: symbols, numbers and masses from `periodictable`, Chinese names from the table below."""

import functools
from typing import final

from mof.tasks.countries import fold
from mof.tasks.fact_table import FactTable

# The Chinese names in the order of the atomic numbers 1 to 118, one character each, as fixed by the national
# committee for terms in science and technology. No library on hand has them.
NAMES = (
    "氢氦锂铍硼碳氮氧氟氖钠镁铝硅磷硫氯氩钾钙钪钛钒铬锰铁钴镍铜锌镓锗砷硒溴氪铷锶钇锆铌钼锝钌铑钯银镉铟锡"
    "锑碲碘氙铯钡镧铈镨钕钷钐铕钆铽镝钬铒铥镱镥铪钽钨铼锇铱铂金汞铊铅铋钋砹氡钫镭锕钍镤铀镎钚镅锔锫锎锿镄钔锘铹"
    "𬬻𬭊𬭳𬭛𬭶鿏𫟼𬬭鿔鿭𫓧镆𫟷鿬鿫"
)
_NO_STABLE_MASS = {43, 61, *range(84, 90), 91, *range(93, 119)}  # no isotope of a natural mixture to weigh


@functools.cache
def _elements():
    """Rows (atomic number, symbol, mass) of `periodictable`, without its number 0, the neutron."""
    import periodictable

    return tuple((e.number, e.symbol, e.mass) for e in periodictable.elements if 0 < e.number <= len(NAMES))


@final
class ElementSymbol(FactTable):
    """Elements, their symbols and their atomic numbers."""

    name = "element_symbol"
    gloss = "Symbols and atomic numbers of the chemical elements."
    columns = ("element", "symbol", "number")
    templates = (
        "化学元素{element}的符号是[symbol]。",
        "{symbol}是化学元素[element]的符号。",
        "{element}的原子序数是[number]。",
        "原子序数为{number}的元素是[element]。",
        "写化学式时，{element}元素用字母[symbol]表示。",
        "问：{element}的元素符号怎么写？答：[symbol]。",
        "元素周期表里，“{element}”字旁边印着的拉丁字母是[symbol]。",
        "做元素卡片，正面写汉字“{element}”，背面的符号写[symbol]。",
        "化学老师在黑板上写了“{element}”，同学们接着写出符号[symbol]。",
        "听写元素符号，{element}：[symbol]。",
        "问：符号{symbol}代表什么元素？答：[element]。",
        "看到化学式中的{symbol}，就知道其中含有[element]。",
        "周期表格子里写着{symbol}，它的中文名称是[element]。",
        "把元素符号{symbol}翻译成汉字：[element]。",
        "“{symbol}读作什么？”“读作[element]。”",
        "{element}原子核里的质子有多少个？数目为[number]。",
        "在元素周期表中找{element}，应当看第几号元素？看第[number]号。",
        "填空：{element}，原子序数[number]。",
        "问：{element}排在元素周期表第几位？答：[number]。",
        "一个中性的{element}原子，核外电子数等于[number]。",
        "按质子数从小到大排列元素，第{number}种是[element]。",
        "问：原子核中有{number}个质子的是什么元素？答：[element]。",
        "猜元素：我的原子序数是{number}，我的名字叫[element]。",
    )

    # two ways lead to an element, by its symbol and by its number: both are unique, so each answer is alone
    def accepted(self, slots, direction):
        return {slots[direction]}

    def read_facts(self):
        for number, symbol, _ in _elements():
            yield NAMES[number - 1], symbol, str(number)

    def normalize(self, answer):
        return fold(answer)


@final
class ElementMass(FactTable):
    """Elements and their atomic masses, rounded to a whole number."""

    name = "element_mass"
    gloss = "The relative atomic mass of an element, rounded to a whole number."
    columns = ("element", "mass")
    templates = (
        "{element}的相对原子质量取整数是[mass]。",
        "相对原子质量取整数为{mass}的元素有[element]。",
        "问：{element}的相对原子质量约为多少（取整数）？答：[mass]。",
        "计算时把{element}的相对原子质量四舍五入到个位，得[mass]。",
        "一摩尔{element}原子的质量，四舍五入到整克数，是多少克？约[mass]克。",
        "填空：元素{element}，相对原子质量约等于[mass]。",
        "元素周期表上{element}的下方写着一个小数，最接近它的整数是[mass]。",
        "实验前要称出一摩尔{element}原子，天平读数应接近的整克数是[mass]。",
        "“{element}原子有多重？”“相对质量大约是[mass]。”",
        "如果碳12原子的质量算作12，那么{element}原子的平均质量约为[mass]。",
        "请写出{element}的近似相对原子质量，保留整数：[mass]。",
        "做题时若一律取整数，{element}的相对原子质量记为[mass]。",
        "化学课代表提醒大家，{element}的相对原子质量不要记错，整数值是[mass]。",
        "问：哪种元素的相对原子质量约为{mass}？答：[element]。",
        "测得某元素的相对原子质量约等于{mass}，该元素可能是[element]。",
        "一摩尔某种原子约重{mass}克，这种原子可能是[element]。",
        "猜一猜，相对原子质量四舍五入后等于{mass}的元素叫什么？叫[element]。",
        "在周期表里找质量约为{mass}的元素，可以找到[element]。",
        "质谱图上的平均质量约为{mass}，对应的元素可以是[element]。",
        "考题：相对原子质量整数值是{mass}，请写出一种这样的元素：[element]。",
        "某种原子的平均质量约是碳12原子质量的十二分之一的{mass}倍，它可能是[element]。",
    )

    def read_facts(self):
        for number, _, mass in _elements():
            if number not in _NO_STABLE_MASS:
                yield NAMES[number - 1], str(round(mass))
