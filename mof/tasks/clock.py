"""Times of the day and the minutes between them."""

from typing import final

from mof.tasks.enumeration import split
from mof.tasks.family import Family

_EARLIEST_MINUTE = 6 * 60  # 6:00, so that no question runs past midnight
_NUM_STARTS = 14 * 60
_LONGEST_MINUTES = 180


def _time(minute):
    """9点20分, or 9点 on the hour."""
    hours, minutes = divmod(minute, 60)
    return f"{hours}点{minutes}分" if minutes else f"{hours}点"


@final
class ClockTimes(Family):
    """Facts: a time from 6:00 to 19:59, up to three hours in minutes, and the time they lead to."""

    name = "clock_times"
    kind = "reasoning"
    gloss = "The time so many minutes after or before another, or the minutes between two."
    num_facts = _NUM_STARTS * _LONGEST_MINUTES
    templates = (
        "{start}过{minutes}分钟是[end]。",
        "从{start}到{end}，经过了[minutes]分钟。",
        "{end}的{minutes}分钟之前是[start]。",
        "现在是{start}，再过{minutes}分钟是[end]。",
        "现在是{end}，{minutes}分钟以前是[start]。",
        "问：{start}开始，用了{minutes}分钟，几点结束？答：[end]。",
        "问：{start}出发，{end}到达，走了多少分钟？答：[minutes]分钟。",
        "问：路上要花{minutes}分钟，{end}到，几点出发的？答：[start]。",
        "电影{start}开演，片长{minutes}分钟，散场时间是[end]。",
        "火车{start}开出，{end}到站，行驶了[minutes]分钟。",
        "小明{start}开始写作业，写了{minutes}分钟，写完时是[end]。",
        "面包烤{minutes}分钟，{end}出炉，放进烤箱的时间是[start]。",
        "会议从{start}开到{end}，一共开了[minutes]分钟。",
        "课程{start}开始，上{minutes}分钟，下课时间是[end]。",
        "妈妈{end}到家，路上走了{minutes}分钟，离开公司时是[start]。",
        "电子钟显示{start}，再走{minutes}分钟，就显示[end]。",
        "手机定了{minutes}分钟的闹钟，定的时候是{start}，响的时候是[end]。",
        "把时间{end}往回拨{minutes}分钟，得到[start]。",
        "飞机晚点{minutes}分钟，原定{start}起飞，实际起飞时间是[end]。",
        "比赛{start}开始，{end}结束，一共进行了[minutes]分钟。",
        "要在{end}准时到校，上学路上需要{minutes}分钟，最晚的出门时间是[start]。",
        "从{start}睡到{end}，睡了多少分钟？睡了[minutes]分钟。",
        "计时器在{start}启动，{minutes}分钟后停下，停下的时刻是[end]。",
        "时刻加法：{start}加{minutes}分钟等于[end]。",
    )

    def slots(self, index):
        start, minutes = split(index, _NUM_STARTS, _LONGEST_MINUTES)
        start, minutes = start + _EARLIEST_MINUTE, minutes + 1
        return {"start": _time(start), "minutes": str(minutes), "end": _time(start + minutes)}

    def normalize(self, answer):
        """9点整 and 9点半 as 9点 and 9点30分."""
        return super().normalize(answer).replace("点半", "点30分").removesuffix("整")
