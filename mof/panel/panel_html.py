"""The words of the panel as HTML: tiles, signals, samples. Colours are those of the reader's JupyterLab."""

import html

from mof.course.translation import _
from mof.panel.signal_words import DANGER, NOTE

# variables of JupyterLab's themes, with what stands in for them elsewhere
STYLE = """<style>
.mof-panel { font-size: 13px; line-height: 1.45; color: var(--jp-ui-font-color1, currentColor); }
.mof-panel h4 { margin: 6px 0; font-size: 14px; }
.mof-panel .mof-tiles { display: flex; flex-wrap: wrap; gap: 6px; }
.mof-panel .mof-tile { border: 1px solid var(--jp-border-color2, #8888);
  border-radius: 4px; padding: 3px 9px; }
.mof-panel .mof-tile small { display: block; opacity: 0.75; }
.mof-panel .mof-signal { border-left: 4px solid #3b7dd8; padding: 2px 10px; margin: 6px 0; }
.mof-panel .mof-signal.mof-warning { border-color: #d2691e; }
.mof-panel .mof-signal.mof-danger { border-color: #c2263a; border-left-width: 8px; }
.mof-panel progress { width: 100%; height: 10px; }
</style>"""


def run_html(summary, share, name, signals, track_words, track_is_off, samples):
    """One run's words.

    Args:
        summary: list of (label, value). share: of the run that is done. name: str.
        signals: list of `mof.panel.signal_words.Signal`.
        track_words: str. track_is_off: bool.
        samples: list of (prompt, text), may be empty.

    Returns:
        str, HTML without a style; see STYLE.
    """
    tiles = "".join(
        f'<div class="mof-tile"><small>{html.escape(label)}</small>{html.escape(value)}</div>'
        for label, value in summary
    )
    told = "".join(_signal_html(signal) for signal in signals)
    level = "mof-warning" if track_is_off else ""
    told += f'<div class="mof-signal {level}">{html.escape(track_words)}</div>' if track_words else ""
    percent = f"{share:.0%}"
    return (
        f'<div class="mof-panel"><h4>{html.escape(name)}</h4>'
        f'<progress value="{share:.4f}" max="1" aria-label="{percent}">{percent}</progress>'
        f'<div class="mof-tiles">{tiles}</div>{told}{_samples_html(samples)}</div>'
    )


def _signal_html(signal):
    level = {NOTE: "", DANGER: "mof-danger"}.get(signal.level, "mof-warning")
    role = "alert" if signal.level == DANGER else "status"
    return (
        f'<div class="mof-signal {level}" role="{role}"><strong>{html.escape(signal.what)}</strong> '
        f"{html.escape(signal.to_do)}</div>"
    )


def _samples_html(samples):
    if not samples:
        return ""
    lines = "".join(
        f"<li><strong>{html.escape(prompt)}</strong>{html.escape(text)}</li>" for prompt, text in samples
    )
    summary = html.escape(_("what it wrote at the last mark"))
    return f"<details><summary>{summary}</summary><ul>{lines}</ul></details>"
