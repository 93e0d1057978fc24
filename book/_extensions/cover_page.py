"""The pictures of the cover, from stored results alone: `{cover} reading`, `hour`, `days` and `paths`.

`reading`: a trained model reads a sentence; book/_static/cover.js moves it. Without a script, or where motion
is not wanted, it shows the end of the sentence and can be moved by hand.
"""

import html
import json
from pathlib import Path

from contents_page import badge
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from mof.course.translation import _, marked
from mof.course.verdict import as_html
from mof.launcher.course import Course, read_course
from mof.lessons.records import ROOT, Record, load_record
from mof.machine.parameter_counts import num_parameters
from mof.presets import preset

READING = "router_on_a_sentence"
HOUR = ROOT / "benchmarks" / "results" / "hour_run.json"
GLOSSES = {
    "妹": "sister",
    "把": "(takes)",
    "三个": "three",
    "苹果": "apples",
    "放在": "put on",
    "桌": "table",
    "子": "(noun)",
    "上": "top",
    "又": "again",
    "拿": "took",
    "走": "away",
    "了一个": "one (done)",
}
NAMES = {"recurrent": marked("recurrent expert"), "transformer": marked("Transformer expert")}
DAYS = (
    (
        marked("5 minutes"),
        "tiny",
        marked("`python start.py`: a first small model. It learns before your eyes, and knows nothing yet."),
        "",
    ),
    (marked("1 hour"), "tiny", "", "hour"),
    (
        marked("an evening"),
        "small",
        marked("`mof train --preset small --corpus my-texts --minutes 240`: more room, your own text."),
        "",
    ),
    (
        marked("4 days"),
        "full",
        marked(
            "`mof plan --corpus my-texts --preset full`, then `mof train --plan FILE`: the size of the "
            "article's model, with stops and resumes."
        ),
        "none",
    ),
)


class Cover(SphinxDirective):
    """`{cover} NAME`: one picture."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        self.env.note_reread()  # a record is marked when the code behind it changes
        made = {
            "reading": lambda: reading_html(load_record(READING)),
            "hour": lambda: hour_html(read_hour()),
            "days": lambda: days_html(read_hour()),
            "paths": lambda: paths_html(read_course(Path(self.env.srcdir))),
        }[self.arguments[0]]()
        return [nodes.raw("", made, format="html")]


def read_hour() -> dict:
    return json.loads(HOUR.read_text(encoding="utf-8"))


def reading_html(record: Record) -> str:
    """The sentence, the two experts, the router between them, and what the model expects next."""
    data = record.data
    tokens = data["tokens"]
    numbers = data["memory_numbers"]
    always = _("its memory: {number} numbers, always")
    experts = "".join(
        f'<div class="mof-expert mof-expert-{kind}"><strong>{as_html(_(NAMES[kind]))}</strong>'
        f"<span>{as_html(always.format(number=f'{numbers[kind]:,}'))}</span></div>"
        for kind in data["experts"]
    )
    chips = "".join(chip_html(token, i) for i, token in enumerate(tokens))
    end, last = len(tokens) - 1, tokens[-1]
    shares = [token["weights"][0] for token in tokens]
    given = json.dumps({"tokens": tokens}, ensure_ascii=False, separators=(",", ":"))
    caption = _(
        "A trained model reads: {english} For each token the router weighs the two experts. Blue is the "
        "share of the recurrent expert. In this sentence it stays between {low} and {high}: after an hour of "
        "training the router hardly chooses. Every number was measured; {note}."
    ).format(english=data["english"], low=f"{min(shares):.0%}", high=f"{max(shares):.0%}", note=record.note)
    return (
        '<figure class="mof-reading">'
        f'<div class="mof-tokens" lang="zh-CN">{chips}</div>'
        f'<div class="mof-mixture">{experts}'
        f'<div class="mof-router"><strong>{as_html(_("router"))}</strong>{split_html(last["weights"])}</div>'
        f'<div class="mof-expects">{expects_html(last)}</div></div>'
        '<div class="mof-control" hidden>'
        '<button type="button" class="mof-button mof-play" aria-pressed="false">'
        f"{as_html(_('Read'))}</button>"
        f'<label class="mof-grow"><span class="mof-hidden">{as_html(_("Token"))}</span>'
        f'<input type="range" min="0" max="{end}" value="{end}" step="1"></label></div>'
        f'<script type="application/json">{given.replace("<", chr(92) + "u003c")}</script>'
        f"<figcaption>{as_html(caption)}</figcaption></figure>"
    )


def chip_html(token: dict, index: int) -> str:
    share = token["weights"][0]
    gloss = html.escape(GLOSSES.get(token["text"], ""))
    return (
        f'<span class="mof-token" data-index="{index}" style="--share:{share:.1%}">'
        f'<b>{html.escape(token["text"])}</b><i class="mof-bar"></i><small lang="en">{gloss}</small></span>'
    )


def split_html(weights: list[float]) -> str:
    first, second = weights
    return (
        f'<div class="mof-split"><span style="width:{first:.1%}">{first:.0%}</span>'
        f'<span style="width:{second:.1%}">{second:.0%}</span></div>'
    )


def expects_html(token: dict) -> str:
    rows = "".join(
        f'<li><b lang="zh-CN">{html.escape(text) or "·"}</b><i style="--share:{share:.1%}"></i>'
        f"<span>{share:.0%}</span></li>"
        for text, share in token["next"]
    )
    return f"<strong>{html.escape(_('expects next'))}</strong><ol>{rows}</ol>"


def hour_html(result: dict) -> str:
    """Held-out bits per byte over an hour of training, as a small line."""
    points = [(e["seconds"] / 60, e["bits_per_byte"]) for e in result["evaluations"]]
    last_minute, lowest = points[-1]
    left, right, top, bottom = 44, 560, 24, 150
    low, high = 1.8, 2.3

    def place(minute, bits):
        return (
            left + (right - left) * minute / 62,
            top + (bottom - top) * (high - bits) / (high - low),
        )

    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(*point) for point in points))
    dots = "".join('<circle cx="{:.1f}" cy="{:.1f}" r="4"/>'.format(*place(*point)) for point in points)
    rows = "".join(
        f'<line x1="{left}" x2="{right}" y1="{place(0, bits)[1]:.1f}" y2="{place(0, bits)[1]:.1f}"/>'
        f'<text x="{left - 8}" y="{place(0, bits)[1] + 4:.1f}" text-anchor="end">{bits:.1f}</text>'
        for bits in (1.8, 2.0, 2.2)
    )
    marks = "".join(
        f'<text x="{place(minute, low)[0]:.1f}" y="{bottom + 20}" text-anchor="middle">{minute}</text>'
        for minute in (10, 20, 30, 40, 50, 60)
    )
    says = _(
        "Bits per byte on held-out text, over an hour of training: from {first} after 10 minutes to {last} "
        "after {minutes}."
    ).format(first=f"{points[0][1]:.2f}", last=f"{lowest:.2f}", minutes=f"{last_minute:.0f}")
    judged = result["bits_per_byte"]
    caption = _(
        "{says} On all held-out text the model ends at {model}; a 5-gram model counted from all its training "
        "text reaches {counted}. Less is better. Recorded {date} on {processor}, {cores} cores: {command}."
    ).format(
        says=says,
        model=f"{judged['model']:.2f}",
        counted=f"{judged['five_gram_on_all_training_text']:.2f}",
        date=result["date"],
        processor=result["machine"]["processor"],
        cores=result["machine"]["cores"],
        command=f"`{result['command']}`",
    )
    label = html.escape(says, quote=True)
    return (
        '<figure class="mof-curve">'
        f'<svg viewBox="0 0 580 200" role="img" aria-label="{label}"><g class="mof-grid">{rows}{marks}</g>'
        f'<text class="mof-axis" x="{left}" y="{top - 2}">{html.escape(_("bits per byte"))}</text>'
        f'<text class="mof-axis" x="{right}" y="{bottom + 42}" text-anchor="end">'
        f"{html.escape(_('minutes'))}</text>"
        f'<polyline points="{line}"/>{dots}</svg>'
        f"<figcaption>{as_html(caption)}</figcaption></figure>"
    )


def days_html(result: dict) -> str:
    """From five minutes to four days: what is trained, and what of it has been measured."""
    hour = _("Measured: {tokens} million tokens, {model} bits per byte on held-out text.").format(
        tokens=f"{result['tokens_read'] / 1e6:.1f}", model=f"{result['bits_per_byte']['model']:.2f}"
    )
    not_yet = _("Not recorded yet. When it is, it stands here, whatever came out.")
    steps = []
    for title, name, text, state in DAYS:
        size = _("{preset}, {number} million parameters").format(
            preset=name, number=f"{num_parameters(preset(name).model) / 1e6:.0f}"
        )
        said = {"hour": hour, "none": f"{_(text)} {not_yet}"}.get(state, _(text))
        steps.append(
            f'<li class="mof-step mof-step-{name}"><strong>{as_html(_(title))}</strong>'
            f"<em>{as_html(size)}</em><span>{as_html(said)}</span></li>"
        )
    return f'<ol class="mof-days">{"".join(steps)}</ol>'


def paths_html(course: Course) -> str:
    """The three paths as three cards: what each is for, and its chapters as a row of numbers."""
    cards = []
    for path in course.paths:
        numbers = "".join(
            f'<span class="{"mof-on" if path.id in chapter.paths else "mof-off"}">{chapter.number}</span>'
            for chapter in course.chapters
        )
        chosen = [chapter.number for chapter in course.chapters if path.id in chapter.paths]
        label = html.escape(_("Chapters {numbers}").format(numbers=", ".join(chosen)), quote=True)
        cards.append(
            f'<li class="mof-path-card mof-path-card-{path.id}">{badge(path.id, html.escape(path.title))}'
            f'<span class="mof-chinese" lang="zh-CN">{path.chinese}</span>'
            f"<p>{html.escape(path.purpose[0].upper() + path.purpose[1:])}.</p>"
            f'<div class="mof-numbers" role="img" aria-label="{label}">{numbers}</div></li>'
        )
    return f'<ul class="mof-path-cards">{"".join(cards)}</ul>'
