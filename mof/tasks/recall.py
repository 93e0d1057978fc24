"""Short records that are read once and asked about: keys with values, and a small table."""

import math
from typing import final

from mof.tasks.enumeration import arrangement, scatter
from mof.tasks.family import Family
from mof.tasks.vocabulary import COLOURS, NAMES, THINGS

_NUMBERS = tuple(str(number) for number in range(10, 100))
_HEADERS = ("姓名", "物品", "颜色")


@final
class KeyRecall(Family):
    """A few names with a number each: what was the number of this one, whose was that number?"""

    name = "key_recall"
    kind = "completion"
    gloss = (
        "A short list of names with numbers is shown: recall the number of a name, or the name of a number."
    )
    templates = (
        "{records}。{key}的号码是[value]。",
        "{records}。拿到{value}号的是[key]。",
        "登记表写着：{records}。查到{key}的编号为[value]。",
        "问：已知{records}，{key}对应几号？答：[value]。",
        "储物柜分配如下：{records}。{key}要开的柜子是[value]号。",
        "请记住这些座位号：{records}。现在回答，{key}坐几号？坐[value]号。",
        "字典变量保存了{records}，按键名{key}取值，得到[value]。",
        "排队取号，{records}。广播叫到{key}时念的号是[value]。",
        "球衣号码：{records}。{key}背上印着[value]。",
        "填空。资料：{records}。空格：{key}＝[value]。",
        "“{records}。”“{key}是多少？”“[value]。”",
        "老师报完学号（{records}），让{key}重复自己的学号，他说[value]。",
        "奶奶把门牌号写在纸上：{records}。要找{key}，应按[value]号的门铃。",
        "问：{records}。号码{value}属于谁？答：[key]。",
        "名单上有{records}。有人捡到{value}号牌，失主是[key]。",
        "请看：{records}。与{value}配对的名字是[key]。",
        "抽签结果公布：{records}。抽中{value}的人叫[key]。",
        "参赛编号为{records}。裁判喊{value}号上场，走上来的是[key]。",
        "快递柜记录{records}，取走{value}号包裹的应当是[key]。",
        "反查一下：{records}，值等于{value}的键是[key]。",
        "考场座次：{records}。坐在{value}号位子上的考生是[key]。",
        "“{records}，记住了吗？{value}号是谁？”“是[key]。”",
    )
    num_lengths, shortest = 4, 2

    @property
    def num_facts(self):
        return self.num_lengths * _num_records(self.shortest)

    def slots(self, index):
        index, longer = divmod(index, self.num_lengths)
        length = self.shortest + longer
        number, asked = divmod(scatter(index, _num_records(length)), length)
        keys = arrangement(number % math.perm(len(NAMES), length), NAMES, length)
        values = arrangement(number // math.perm(len(NAMES), length), _NUMBERS, length)
        records = "，".join(map("".join, zip(keys, values, strict=True)))
        return {"records": records, "key": keys[asked], "value": values[asked]}


def _num_records(length):
    return length * math.perm(len(NAMES), length) * math.perm(len(_NUMBERS), length)


@final
class TableCell(Family):
    """A table of names, things and colours: one cell of it."""

    name = "table_cell"
    kind = "completion"
    gloss = "A small table is shown: complete a row of it, or find the row of a cell."
    templates = (
        "{table}。查表，{row}的{header}是[cell]。",
        "{table}。查表，{header}为{cell}的人是[row]。",
        "下面是一张表。{table}。表中{row}那一行，“{header}”一栏写着[cell]。",
        "问：根据表格“{table}”，{row}的{header}是什么？答：[cell]。",
        "数据逐行给出：{table}。补全记录：姓名{row}，{header}[cell]。",
        "读表练习，表格内容为{table}。行选{row}，列选{header}，交叉处是[cell]。",
        "统计员抄表时漏了一格，原表是{table}，漏掉的是{row}的{header}，应补[cell]。",
        "“表上写了什么？”“{table}。”“那么{row}的{header}呢？”“是[cell]。”",
        "{table}。只抄其中一格：{row}，{header}，[cell]。",
        "失物登记表如下，{table}。工作人员查{row}一行的{header}，看到[cell]。",
        "电子表格共三列：{table}。公式查找{row}并返回{header}，结果为[cell]。",
        "请根据表格填空：{table}。{row}（{header}）：[cell]。",
        "把表格“{table}”念给同学听，再问他{row}的{header}，他答[cell]。",
        "问：表格是{table}，{header}一列里写着{cell}的那行是谁？答：[row]。",
        "请按表反查：{table}。{header}等于{cell}，姓名等于[row]。",
        "公告栏贴着{table}。{header}写作{cell}的只有一人，就是[row]。",
        "仓库清单为{table}。在{header}列找到{cell}，往左看，姓名是[row]。",
        "“谁的{header}是{cell}？”“看表：{table}。所以是[row]。”",
        "由表格“{table}”可知，{header}填了{cell}的人名叫[row]。",
        "数据库里有这样几行：{table}。查询条件是{header}等于{cell}，返回的姓名是[row]。",
        "老师展示表格“{table}”，随后问哪位同学的{header}为{cell}，正确回答是[row]。",
        "按{header}查找{cell}，表为{table}，找到的人是[row]。",
    )
    num_lengths, shortest = 3, 2

    @property
    def num_facts(self):
        return self.num_lengths * _num_tables(self.shortest)

    def slots(self, index):
        index, longer = divmod(index, self.num_lengths)
        length = self.shortest + longer
        number, asked = divmod(scatter(index, _num_tables(length)), 2 * length)
        asked, header = divmod(asked, 2)
        columns = []
        for words in (NAMES, THINGS, COLOURS):
            number, choice = divmod(number, math.perm(len(words), length))
            columns.append(arrangement(choice, words, length))
        rows = [_HEADERS, *zip(*columns, strict=True)]
        return {
            "table": "；".join(map("｜".join, rows)),
            "row": columns[0][asked],
            "header": _HEADERS[1 + header],
            "cell": columns[1 + header][asked],
        }


def _num_tables(length):
    return 2 * length * math.prod(math.perm(len(words), length) for words in (NAMES, THINGS, COLOURS))
