"""Stories with numbers in them: change at the till, ages, and a count that goes up and down."""

from typing import final

from mof.tasks.enumeration import draw, scatter, split
from mof.tasks.family import Family
from mof.tasks.vocabulary import NAMES


@final
class Change(Family):
    """Facts: a price from 2 to 250 yuan, two to nine pieces, and one of three sums to pay with.

    The sums are the next multiple of 10 above the cost, of 50 above that, and of 100 above that.
    """

    name = "change"
    kind = "reasoning"
    gloss = "The change for several things of one price, or what was paid, or the price."
    num_facts = 249 * 8 * 3
    templates = (
        "每件{price}元，买{count}件，付{paid}元，应找回[change]元。",
        "一张票{price}元，{name}买了{count}张，给了{paid}元，找回[change]元。",
        "问：单价{price}元的东西买{count}个，付{paid}元，应找回多少钱？答：[change]元。",
        "{name}拿{paid}元去买东西，买了{count}样，每样{price}元，还剩[change]元。",
        "收银员收了{paid}元，商品共{count}件，每件{price}元，要找给顾客[change]元。",
        "{name}买{count}件单价{price}元的商品，找回{change}元，收据上写着付款[paid]元。",
        "带了{paid}元，花在{count}份礼物上，每份{price}元，余下[change]元。",
        "应用题：一套工具{price}元，买{count}套，付出{paid}元，找零[change]元。",
        "问：买{count}样东西，每样{price}元，找回{change}元，原来付了多少？答：[paid]元。",
        "{paid}元减去{count}个{price}元，等于[change]元。",
        "付了{paid}元，买了{count}件同样的商品，找回{change}元，每件[price]元。",
        "餐厅里每份套餐{price}元，{count}份一起结账，付{paid}元，找回的钱是[change]元。",
        "问：{name}付{paid}元买{count}张同样的票，找回{change}元，每张票多少钱？答：[price]元。",
        "水果店一箱水果{price}元，{name}要{count}箱，递上{paid}元，店主退回[change]元。",
        "买书{count}本，每本{price}元，钱包里原有{paid}元，付完钱还有[change]元。",
        "充值{paid}元后，用掉{count}次，每次扣{price}元，账户余额是[change]元。",
        "奖金{paid}元，发给{count}个人每人{price}元后，剩下[change]元。",
        "班费有{paid}元，买了{count}个球，每个{price}元，班费还剩[change]元。",
        "{count}个人去看展，门票每人{price}元，领队交了{paid}元，窗口找回[change]元。",
        "花掉{count}个{price}元，手里还剩{change}元，原来手里有[paid]元。",
        "一共付{paid}元，扣掉找回的{change}元，刚好是{count}件的钱，一件是[price]元。",
        "网店一件{price}元，下单{count}件，用{paid}元的购物卡支付，卡里还剩[change]元。",
    )

    def slots(self, index):
        price, count, note = split(index, 249, 8, 3)
        price, count = price + 2, count + 2
        cost = paid = price * count
        for value in (10, 50, 100)[: note + 1]:
            paid += value - paid % value
        return {
            "name": NAMES[draw(index, len(NAMES))],
            "price": str(price),
            "count": str(count),
            "paid": str(paid),
            "change": str(paid - cost),
        }


@final
class Ages(Family):
    """Facts: a child's age, how much older the father is, and a number of years to come."""

    name = "ages"
    kind = "reasoning"
    gloss = "Ages of father and child now and in some years."
    num_facts = 20 * 15 * 20
    templates = (
        "{name}今年{child}岁，爸爸比{name}大{older}岁，{years}年后爸爸[father_later]岁。",
        "爸爸比{name}大{older}岁，{years}年后爸爸{father_later}岁，{name}今年[child]岁。",
        "{name}今年{child}岁，{years}年后爸爸{father_later}岁，爸爸比{name}大[older]岁。",
        "父子相差{older}岁，儿子今年{child}岁，再过{years}年，父亲[father_later]岁。",
        "问：{name}今年{child}岁，父亲比{name}大{older}岁，{years}年后父亲多大？答：[father_later]岁。",
        "问：爸爸比孩子大{older}岁，{years}年后爸爸{father_later}岁，孩子现在几岁？答：[child]岁。",
        "{name}出生时爸爸{older}岁，如今{name}{child}岁，那么{years}年后爸爸[father_later]岁。",
        "年龄题：儿子今年{child}岁，父亲比儿子大{older}岁，求{years}年后父亲的年龄。答案是[father_later]岁。",
        "妈妈生{name}时{older}岁，{name}今年{child}岁，{years}年后妈妈[father_later]岁。",
        "{years}年后母亲{father_later}岁，女儿比母亲小{older}岁，女儿今年[child]岁。",
        "老师比{name}大{older}岁，{name}现在{child}岁，过{years}年老师的年龄是[father_later]岁。",
        "{name}说：“我{child}岁，爸爸比我大{older}岁。”{years}年后，爸爸[father_later]岁。",
        "爸爸今年{father}岁，{name}比爸爸小{older}岁，{years}年后{name}[child_later]岁。",
        "{years}年后，{name}{child_later}岁，爸爸比{name}大{older}岁，爸爸今年[father]岁。",
        "问：爸爸今年{father}岁，儿子比爸爸小{older}岁，{years}年后儿子几岁？答：[child_later]岁。",
        "叔叔现年{father}岁，{name}比叔叔小{older}岁，{years}年以后{name}是[child_later]岁。",
        "今年姑姑{father}岁，侄女比姑姑小{older}岁，等到{years}年后，侄女就[child_later]岁了。",
        "父女相差{older}岁，{years}年后女儿{child_later}岁，父亲现在[father]岁。",
        "舅舅比外甥大{older}岁，年龄差不变，外甥今年{child}岁，{years}年后舅舅[father_later]岁。",
        "再过{years}年{name}就{child_later}岁了，而妈妈今年{father}岁，妈妈比{name}大[older]岁。",
        "今年{name}{child}岁，{years}年后姑姑{father_later}岁，两人相差[older]岁。",
        "已知父亲今年{father}岁，比儿子大{older}岁，{years}年后儿子[child_later]岁。",
    )

    def slots(self, index):
        older, child, years = split(index, 20, 15, 20)
        older, child, years = older + 20, child + 4, years + 1
        return {
            "name": NAMES[draw(index, len(NAMES))],
            "older": str(older),
            "child": str(child),
            "years": str(years),
            "father": str(child + older),
            "child_later": str(child + years),
            "father_later": str(child + older + years),
        }


@final
class RunningCount(Family):
    """Facts: a count from 20 to 50 and four changes by one digit: down, up, down, up."""

    name = "running_count"
    kind = "reasoning"
    gloss = "How many are left after some go and some come, twice."
    num_facts = 60_000
    templates = (
        "车上有{start}人，第一站下{off}人、上{on}人，第二站下{off2}人、上{on2}人，现在车上有[end]人。",
        "停车场有{start}辆车，开走{off}辆，开来{on}辆，又开走{off2}辆，又开来{on2}辆，此时有[end]辆。",
        "问：{start}减{off}加{on}减{off2}加{on2}等于多少？答：[end]。",
        "{start}-{off}+{on}-{off2}+{on2}=[end]。",
        "{name}有{start}颗弹珠，输掉{off}颗，赢来{on}颗，再输{off2}颗，再赢{on2}颗，最后有[end]颗。",
        "仓库里存有{start}箱货，早上运出{off}箱、运进{on}箱，下午运出{off2}箱、运进{on2}箱，结余[end]箱。",
        "书架上{start}本书，借出{off}本，还回{on}本，再借出{off2}本，再还回{on2}本，书架上有[end]本。",
        "树上有{start}只鸟，飞走{off}只，飞来{on}只，再飞走{off2}只，再飞来{on2}只，树上有[end]只。",
        "{name}有{start}元，花{off}元，挣{on}元，再花{off2}元，再挣{on2}元，手里有[end]元。",
        "货梯里有{start}件货，搬下{off}件，搬上{on}件，再搬下{off2}件，再搬上{on2}件，里面有[end]件。",
        "池塘有{start}条鱼，捞走{off}条，放进{on}条，又捞走{off2}条，又放进{on2}条，池里有[end]条。",
        "气温{start}度，先降{off}度，再升{on}度，又降{off2}度，最后升{on2}度，气温是[end]度。",
        "一本账（单位：元）：原有{start}，支出{off}，收入{on}，支出{off2}，收入{on2}，结存[end]。",
        "教室里有{start}人，出去{off}人，进来{on}人，又出去{off2}人，又进来{on2}人，教室里有[end]人。",
        "问：篮子里有{start}个鸡蛋，吃{off}个，买{on}个，再吃{off2}个，再买{on2}个，有几个？答：[end]个。",
        "从数轴上的{start}出发，左移{off}，右移{on}，左移{off2}，右移{on2}，停在[end]。",
        "牧场有{start}只羊，卖{off}只，买{on}只，后来再卖{off2}只，再买{on2}只，还有[end]只。",
        "变量初值{start}，依次减{off}、加{on}、减{off2}、加{on2}，终值是[end]。",
        "比赛积分{start}，扣{off}，加{on}，扣{off2}，加{on2}，总积分为[end]。",
        "爬楼从第{start}层起，下{off}层，上{on}层，下{off2}层，上{on2}层，到了第[end]层。",
        "群里有{start}人，上午退{off}人、进{on}人，下午退{off2}人、进{on2}人，群里现有[end]人。",
        "水缸有{start}升水，用掉{off}升，倒入{on}升，再用掉{off2}升，再倒入{on2}升，缸里有[end]升。",
    )

    def slots(self, index):
        start, off, on, off2, on2 = split(scatter(index, 31 * 9**4), 31, 9, 9, 9, 9)
        end = start + 20 - off + on - off2 + on2
        return {
            "name": NAMES[draw(index, len(NAMES))],
            "start": str(start + 20),
            "off": str(off + 1),
            "on": str(on + 1),
            "off2": str(off2 + 1),
            "on2": str(on2 + 1),
            "end": str(end),
        }
