"""Shares of right answers by family, and the router's weights by kind, as one page that moves without a
kernel."""

import html

import plotly.graph_objects as go

from mof.course.translation import _, marked
from mof.viz.memory_figure import needle_figure, position_figure
from mof.viz.route_figure import PATTERNS

KIND_NAMES = {
    "knowledge": marked("knowledge 知识"),
    "completion": marked("completion 补全"),
    "reasoning": marked("reasoning 推理"),
}


def accuracy_figure(report, split_of_kind=None):
    """One bar for each family with its 95% interval, beside the two answers without understanding.

    Args:
        report: as `mof.evaluation.ability_report.judge_abilities` gives it.
        split_of_kind: dict from a kind to the split to show; default "wording" for knowledge, "value" else.

    Returns:
        plotly Figure.
    """
    splits = {"knowledge": "wording", "completion": "value", "reasoning": "value", **(split_of_kind or {})}
    rows = [row for row in report["families"] if row["split"] == splits[row["kind"]]]
    is_held_out = all(row["split"] != "train" for row in rows)
    rows.sort(key=lambda row: (row["kind"], row["num_right"] / row["num_questions"]))
    shares = [row["num_right"] / row["num_questions"] for row in rows]
    names = [f"{row['family']} ({_(KIND_NAMES[row['kind']])})" for row in rows]
    figure = go.Figure()
    figure.add_bar(
        x=shares,
        y=names,
        orientation="h",
        name=_("the model"),
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [row["high"] - share for row, share in zip(rows, shares, strict=True)],
            "arrayminus": [share - row["low"] for row, share in zip(rows, shares, strict=True)],
        },
        hovertemplate="%{y}: %{x:.0%}<extra></extra>",
    )
    for key, name, symbol in (
        ("majority", _("commonest answer"), "circle"),
        ("nearest", _("most similar question's answer"), "diamond-open"),
    ):
        figure.add_scatter(
            x=[row[key] for row in rows],
            y=names,
            mode="markers",
            marker={"symbol": symbol, "size": 9},
            name=name,
            hovertemplate=name + ": %{x:.0%}<extra></extra>",
        )
    figure.update_layout(
        xaxis={
            "range": [0, 1],
            "tickformat": ".0%",
            "title": _("right answers to held-out questions") if is_held_out else _("right answers"),
        },
        height=120 + 22 * len(rows),
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        margin={"l": 10},
        yaxis={"automargin": True},
    )
    return figure


def router_figure(report, expert_names):
    """The experts' mean weights on text of each kind, with 95% intervals.

    Args:
        report: as `judge_abilities` gives it. expert_names: list of str.

    Returns:
        plotly Figure.
    """
    kinds = list(report["router"])
    figure = go.Figure()
    for i, name in enumerate(expert_names):
        figure.add_bar(
            x=[_(KIND_NAMES[kind]) for kind in kinds],
            y=[report["router"][kind]["mean"][i] for kind in kinds],
            error_y={"type": "data", "array": [report["router"][kind]["half"][i] for kind in kinds]},
            name=name,
            marker={"pattern": {"shape": PATTERNS[i % len(PATTERNS)]}},
            hovertemplate=name + ": %{y:.1%}<extra></extra>",
        )
    figure.update_layout(
        barmode="group", yaxis={"range": [0, 1], "tickformat": ".0%", "title": _("mean weight")}, height=360
    )
    return figure


def ability_page(report, expert_names, title):
    """A whole HTML page, readable with no network: plotly is inside (5 MB).

    Args:
        report: as `judge_abilities` gives it. expert_names: list of str. title: str.

    Returns:
        str.
    """
    parts = [accuracy_figure(report).to_html(full_html=False, include_plotlyjs=True)]
    if report["router"]:
        parts += [_heading(_("Which expert the router listens to"))]
        parts += [router_figure(report, expert_names).to_html(full_html=False, include_plotlyjs=False)]
    if report.get("memory"):
        parts += [_heading(_("How far back it remembers")), _memory_part(report["memory"])]
    parts += [f"<p>{html.escape(sentence)}</p>" for sentence in report.get("left_out", ())]
    parts.append(_heading(_("Five answers of each family")))
    for row in report["families"]:
        if row["split"] == "train":
            continue
        share = row["num_right"] / row["num_questions"]
        parts.append(f"<h3>{html.escape(row['family'])}, {row['split']}: {share:.0%}</h3><ul lang='zh'>")
        for prompt, answer, written, is_right in row["examples"][:5]:
            mark = "✓" if is_right else f"✗ ({html.escape(answer)})"
            parts.append(f"<li>{html.escape(prompt)}<b>{html.escape(written)}</b> {mark}</li>")
        parts.append("</ul>")
    style = "body{font-family:sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    head = f"<meta charset='utf-8'><title>{html.escape(title)}</title><style>{style}</style>"
    body = f"<body><h1>{html.escape(title)}</h1>{''.join(parts)}</body>"
    return f"<!doctype html><html lang='en'><head>{head}</head>{body}</html>\n"


def _heading(words):
    return f"<h2>{html.escape(words)}</h2>"


def _memory_part(memory):
    figures = [needle_figure(memory)] if memory["needle"] else []
    figures += [position_figure(memory)] if memory["positions"] else []
    return "".join(figure.to_html(full_html=False, include_plotlyjs=False) for figure in figures)
