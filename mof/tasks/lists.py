"""Lists that were just read: fill a gap, name a place in them, turn them round."""

import math
from typing import final

from mof.tasks.enumeration import arrangement, scatter
from mof.tasks.family import Family
from mof.tasks.word_lists import DEEDS, ITEMS, NUMERALS


@final
class ListGap(Family):
    """A list, then the same list with one word left out."""

    name = "list_gap"
    kind = "completion"
    gloss = "A list is shown twice, the second time with a gap: which word is missing?"
    templates = (
        "{items}。再读一遍：{gapped}。空格里是[missing]。",
        "先看一组词：{items}。抄写时漏了一个：{gapped}。漏掉的词是[missing]。",
        "问：原文是“{items}”，现在是“{gapped}”，□代表什么？答：[missing]。",
        "购物单上写着{items}。雨水弄花了一处，变成{gapped}。看不清的那一项是[missing]。",
        "小朋友背诵：{items}。第二遍背成{gapped}，他忘记的是[missing]。",
        "填空。原句：{items}。新句：{gapped}。方框应填[missing]。",
        "黑板上有{items}，值日生擦掉一个，剩下{gapped}，被擦掉的是[missing]。",
        "对照两行，上行：{items}；下行：{gapped}。下行缺的是[missing]。",
        "清单甲为{items}，清单乙为{gapped}，两份清单其实一样，所以□就是[missing]。",
        "“我说一遍，你记好：{items}。”“{gapped}……还有一个是什么？”“是[missing]。”",
        "记忆游戏开始，展示{items}；盖住一张后看到{gapped}。盖住的牌是[missing]。",
        "把{gapped}恢复成{items}，需要在方框里写上[missing]。",
        "磁带里念道：{items}。回放时有一处杂音：{gapped}。杂音盖住的词是[missing]。",
        "请补全第二行。第一行：{items}。第二行：{gapped}。补上的词为[missing]。",
        "收货单列出{items}，可是送来时只见{gapped}，没送到的货是[missing]。",
        "按顺序排着{items}。有一个躲了起来，队伍成了{gapped}，躲起来的是[missing]。",
        "口令是{items}。敌人只截获{gapped}，他不知道的词是[missing]。",
        "阅读测试：材料写道{items}；题目给出{gapped}；正确选项是[missing]。",
        "展柜里依次放着{items}，今天借出一件，只见{gapped}，借出的那件是[missing]。",
        "老师念{items}，学生跟着念{gapped}，学生没听清的词是[missing]。",
        "原来的菜单：{items}。新印的菜单：{gapped}。印刷时脱落的一道是[missing]。",
        "有人把{items}抄成了{gapped}，请告诉他方框处本来写着[missing]。",
    )
    num_lengths, shortest = 4, 3

    @property
    def num_facts(self):
        return self.num_lengths * self.shortest * math.perm(len(ITEMS), self.shortest)

    def slots(self, index):
        index, longer = divmod(index, self.num_lengths)
        length = self.shortest + longer
        number = scatter(index, length * math.perm(len(ITEMS), length))
        number, gap = divmod(number, length)
        items = arrangement(number, ITEMS, length)
        return {
            "items": "、".join(items),
            "gapped": "、".join(items[:gap] + ["□"] + items[gap + 1 :]),
            "missing": items[gap],
        }


@final
class OrdinalList(Family):
    """A list with numbered members: which is the third, and the how-manieth is this?"""

    name = "ordinal_list"
    kind = "completion"
    gloss = "A numbered list is shown: which member has a given number, or which number a given member has."
    templates = (
        "今天的安排：{steps}。第{ordinal}件事是[deed]。",
        "今天的安排：{steps}。{deed}排在第[ordinal]。",
        "老师宣布活动顺序，{steps}。那么第{ordinal}项活动是[deed]。",
        "问：已知{steps}，排第{ordinal}的是什么？答：[deed]。",
        "说明书分几步：{steps}。请看第{ordinal}步，内容为[deed]。",
        "他掰着手指数：{steps}。数到第{ordinal}时，他说的是[deed]。",
        "节目单如下：{steps}。轮到第{ordinal}个，就该[deed]。",
        "“我要做这些事：{steps}。”“第{ordinal}件呢？”“是[deed]。”",
        "根据计划（{steps}），填空：第{ordinal}，[deed]。",
        "班规写着{steps}。抽查第{ordinal}条，条文是[deed]。",
        "请从“{steps}”中找出第{ordinal}项：[deed]。",
        "妈妈留下纸条：{steps}。孩子做到第{ordinal}件，正在[deed]。",
        "周末清单：{steps}。小华负责第{ordinal}项，他要去[deed]。",
        "问：{steps}。在这个次序里，{deed}是第几？答：第[ordinal]。",
        "比赛项目依次为{steps}。查一查，{deed}的序号是[ordinal]。",
        "读完“{steps}”，可知{deed}的编号为[ordinal]。",
        "她的日程是这样写的：{steps}。{deed}前面的数字是[ordinal]。",
        "工序表：{steps}。{deed}是第几道工序？是第[ordinal]道。",
        "训练分几节，{steps}。教练问{deed}是第几节，队员回答第[ordinal]节。",
        "打开记事本，上面写着{steps}。其中{deed}排在第[ordinal]位。",
        "按照“{steps}”的先后，轮到{deed}时已经是第[ordinal]件。",
        "填表：计划为{steps}；事项{deed}；次序第[ordinal]。",
    )
    num_lengths, shortest = 5, 4

    @property
    def num_facts(self):
        return self.num_lengths * self.shortest * math.perm(len(DEEDS), self.shortest)

    def slots(self, index):
        index, longer = divmod(index, self.num_lengths)
        length = self.shortest + longer
        number = scatter(index, length * math.perm(len(DEEDS), length))
        number, place = divmod(number, length)
        deeds = arrangement(number, DEEDS, length)
        return {
            "steps": "；".join(
                f"第{numeral}，{deed}" for numeral, deed in zip(NUMERALS[:length], deeds, strict=True)
            ),
            "ordinal": NUMERALS[place],
            "deed": deeds[place],
        }

    def normalize(self, answer):
        return answer.strip().removeprefix("第")


@final
class ReversedList(Family):
    """A list, to be written again from the end."""

    name = "reversed_list"
    kind = "completion"
    gloss = "A short list is shown: write it in reverse order."
    templates = (
        "{items}，倒过来是[reversed]。",
        "把{items}的顺序颠倒，得到[reversed]。",
        "问：{items}从后往前怎么念？答：[reversed]。",
        "队伍从前到后是{items}，全体向后转以后，从前到后是[reversed]。",
        "盒子里先放的在下面，依次放入{items}，再从上面逐个取出，取出的次序是[reversed]。",
        "请倒着抄写下面的词：{items}。答案：[reversed]。",
        "去的路上依次看见{items}，沿原路回来时依次看见[reversed]。",
        "一行词从左往右念是{items}，从右往左念是[reversed]。",
        "倒序练习，原序：{items}；倒序：[reversed]。",
        "“{items}。”“请反过来说一遍。”“[reversed]。”",
        "录像正放时出现{items}，倒放时出现[reversed]。",
        "逆序输出列表{items}，结果为[reversed]。",
        "叠盘子一样地叠起{items}，从最上面往下数，便是[reversed]。",
        "小猫钻过{items}，又掉头钻回去，回程经过[reversed]。",
        "若以{items}为正序，则反过来排列为[reversed]。",
        "考考你的记性：我念{items}，你从最后一个念起，应念[reversed]。",
        "一串挂件，从红绳那头数是{items}，从另一头数是[reversed]。",
        "货车依次装上{items}，后装的先卸，卸货次序为[reversed]。",
        "名单原为{items}，领导要求倒排，于是改为[reversed]。",
        "反话游戏：他说{items}，我按相反的次序回答[reversed]。",
        "书架从左到右摆着{items}，从右到左看，就成了[reversed]。",
    )
    num_lengths, shortest = 4, 2

    @property
    def num_facts(self):
        return self.num_lengths * math.perm(len(ITEMS), self.shortest)

    def slots(self, index):
        index, longer = divmod(index, self.num_lengths)
        length = self.shortest + longer
        items = arrangement(scatter(index, math.perm(len(ITEMS), length)), ITEMS, length)
        return {"items": "、".join(items), "reversed": "、".join(reversed(items))}
