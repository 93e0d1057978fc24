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
    """One run's words, all in one piece.

    Args:
        summary, share, name: as `tiles_html`. signals, track_words, track_is_off: as `signals_html`.
        samples: as `samples_html`.

    Returns:
        str, HTML without a style; see STYLE.
    """
    told = signals_html(signals, track_words, track_is_off)
    return tiles_html(summary, share, name) + told + samples_html(samples)


def tiles_html(summary, share, name):
    """One run's figures.

    Args:
        summary: list of (label, value). share: of the run that is done. name: str.
    """
    tiles = "".join(
        f'<div class="mof-tile"><small>{html.escape(label)}</small>{html.escape(value)}</div>'
        for label, value in summary
    )
    percent = f"{share:.0%}"
    return (
        f'<div class="mof-panel"><h4>{html.escape(name)}</h4>'
        f'<progress value="{share:.4f}" max="1" aria-label="{percent}">{percent}</progress>'
        f'<div class="mof-tiles">{tiles}</div></div>'
    )


def signals_html(signals, track_words, track_is_off, told=()):
    """What is wrong with one run, and whether it is on track.

    Args:
        signals: list of `mof.panel.signal_words.Signal`.
        track_words: str. track_is_off: bool.
        told: (level, kind) of signals that stand there already: a screen reader does not say them again.
    """
    said = "".join(_signal_html(signal, (signal.level, signal.kind) in told) for signal in signals)
    level = "mof-warning" if track_is_off else ""
    said += f'<div class="mof-signal {level}">{html.escape(track_words)}</div>' if track_words else ""
    return f'<div class="mof-panel">{said}</div>' if said else ""


def _signal_html(signal, is_told):
    level = {NOTE: "", DANGER: "mof-danger"}.get(signal.level, "mof-warning")
    role = "" if is_told else ' role="alert"' if signal.level == DANGER else ' role="status"'
    return (
        f'<div class="mof-signal {level}"{role}><strong>{html.escape(signal.what)}</strong> '
        f"{html.escape(signal.to_do)}</div>"
    )


def samples_html(samples):
    """What one run wrote last, folded away; nothing where it wrote nothing.

    Args:
        samples: list of (prompt, text).
    """
    if not samples:
        return ""
    lines = "".join(
        f"<li><strong>{html.escape(prompt)}</strong>{html.escape(text)}</li>" for prompt, text in samples
    )
    summary = html.escape(_("what it wrote at the last mark"))
    return f'<div class="mof-panel"><details><summary>{summary}</summary><ul>{lines}</ul></details></div>'
