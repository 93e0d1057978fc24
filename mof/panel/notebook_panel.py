"""The live panel in JupyterLab: `from mof.panel import watch; watch("runs/four-days")`.

Words and controls are widgets, and so is the place of the figure, which is drawn anew now and then, or held.
A thread looks at the runs every few seconds. It reads their files alone: the training may run anywhere, in a
terminal, or on another machine that shares the folder. A run that is not being trained is shown once, as a
figure with a menu that also works in the built book, where there is no kernel. Book: chapter 21.
"""

import html
import json
import threading
import time

from mof.course.translation import _
from mof.panel.panel_html import STYLE, samples_html, signals_html, tiles_html
from mof.panel.quantities import AXES, quantities_of
from mof.panel.run_reader import command_to_go_on, open_runs
from mof.panel.signal_words import signals_of
from mof.panel.summary import share_done, summary_of
from mof.panel.track_records import judge_track
from mof.viz.notebook_figures import show_figure
from mof.viz.run_figure import run_figure, run_grid_figure

SECONDS_BETWEEN_FIGURES = 15.0  # a new figure forgets a zoom
PLOTLY_TYPE = "application/vnd.plotly.v1+json"
_panels = []  # those that are live in this process: a cell that is run again takes over from itself


def watch(*runs, seconds=5.0, is_live=None):
    """Shows one run or several: figures, time left, what to do where something is wrong.

    Args:
        runs: folders of runs, such as "runs/four-days"; several are compared.
        seconds: between two looks.
        is_live: True goes on looking until `stop()` is called or all have finished; False shows the present
            state once, with no widget. None looks whether one of them is being trained.

    Returns:
        LivePanel, whose `stop()` ends it; None where it was shown once.

    Raises:
        RunError: a folder holds no run, or none is named.
        ValueError: seconds is not above 0.
    """
    if not seconds > 0:
        raise ValueError(f"seconds is {seconds}, expected above 0: the time between two looks.")
    readers = open_runs(runs)
    looks = [Look(reader) for reader in readers]
    if is_live is None:
        is_live = any(look.snapshot.is_training for look in looks)
    if not is_live:
        show_once(looks)
        return None
    for panel in [panel for panel in _panels if panel.paths == [reader.path for reader in readers]]:
        panel.stop()
    panel = LivePanel(readers, seconds)
    panel.show(looks)
    panel.start()
    return panel


class Look:
    """A run at one moment, with all that is said about it.

    Attributes:
        snapshot: RunSnapshot. on_track: OnTrack. signals: list of Signal.
    """

    def __init__(self, reader):
        self.snapshot = reader.snapshot()
        self.signals = signals_of(self.snapshot, command_to_go_on(reader.path))
        self.on_track = judge_track(self.snapshot)

    @property
    def news(self):
        """Changes whenever there is more to draw."""
        snapshot = self.snapshot
        return snapshot.update, snapshot.seconds, sum(len(events) for events in snapshot.events.values())

    def html_parts(self, told=()):
        """Its words: figures, signals and samples; see `mof.panel.panel_html`.

        Args:
            told: (level, kind) of the signals that stand there already.
        """
        snapshot, on_track = self.snapshot, self.on_track
        return (
            tiles_html(summary_of(snapshot), share_done(snapshot), snapshot.name),
            signals_html(self.signals, on_track.words, on_track.is_off, told),
            samples_html(snapshot.marks[-1]["samples"] if snapshot.marks else []),
        )

    def html(self):
        """Its words in one piece."""
        return "".join(self.html_parts())


def show_once(looks):
    """Shows runs as they are now, without widgets: this is what the built book keeps.

    Args:
        looks: list of Look.
    """
    from IPython.display import HTML, display

    display(HTML(STYLE + "".join(look.html() for look in looks)))
    quantities = _quantities(looks, AXES[0])
    if quantities:
        show_figure(run_figure(quantities), _description(quantities))


class LivePanel:
    """What `watch` shows while a run is trained.

    Args:
        readers: list of RunReader. seconds: between two looks.
    """

    def __init__(self, readers, seconds):
        import ipywidgets

        self.readers, self.seconds = readers, seconds
        self.paths = [reader.path for reader in readers]
        self._lock, self._is_over = threading.Lock(), threading.Event()
        self._looks, self._drawn, self._drawn_at = [], None, 0.0
        # a widget of its own for what changes at its own pace: one that is set anew folds its samples again
        self._said = ipywidgets.HTML(STYLE)
        self._words = [[ipywidgets.HTML() for _part in range(3)] for _reader in readers]
        self._told = [set() for _reader in readers]
        self._figure = ipywidgets.Output()
        labels = {_("tokens"): "tokens", _("hours"): "hours", _("updates"): "updates"}
        self._axis = ipywidgets.ToggleButtons(options=labels, description=_("axis"))
        self._shown = ipywidgets.SelectMultiple(
            options=[reader.name for reader in readers],
            value=[reader.name for reader in readers],
            description=_("runs"),
            rows=min(6, len(readers)),
        )
        self._hold = ipywidgets.ToggleButton(description=_("hold the figure"))
        self._stop = ipywidgets.Button(description=_("stop looking"))
        self._axis.observe(lambda _change: self._draw(), "value")
        self._shown.observe(lambda _change: self._draw(), "value")
        self._hold.observe(lambda _change: self._draw_news(), "value")
        self._stop.on_click(lambda _button: self.stop())
        controls = [self._axis, *([self._shown] if len(readers) > 1 else []), self._hold, self._stop]
        self._box = ipywidgets.VBox(
            [
                self._said,
                *(ipywidgets.VBox(parts) for parts in self._words),
                ipywidgets.HBox(controls, layout={"flex_flow": "row wrap"}),
                self._figure,
            ]
        )

    def show(self, looks):
        """Put the panel under the cell.

        Args:
            looks: list of Look, a first one of each reader.
        """
        from IPython.display import display

        self._looks = looks
        display(self._box)
        self._tell()
        self._draw()

    def start(self):
        """Go on looking, in a thread."""
        _panels.append(self)
        threading.Thread(target=self._go_on, daemon=True, name="mof panel").start()

    def stop(self):
        """Stop looking, and draw what has come last; the trainings go on."""
        self._end()
        self._draw_news()

    def refresh(self):
        """Look once more, and draw what has come; the figure not so often, and not while it is held."""
        self._looks = [Look(reader) for reader in self.readers]
        self._tell()
        if time.monotonic() - self._drawn_at >= SECONDS_BETWEEN_FIGURES:
            self._draw_news()

    def _ipython_display_(self):
        """As a cell's last value it shows nothing more: it is shown already."""

    def _go_on(self):
        while not self._is_over.wait(self.seconds):
            try:
                self.refresh()
            except Exception as error:  # a thread that dies would leave a panel that looks alive
                said = html.escape(f"{type(error).__name__}: {error}")
                self._said.value = f"{STYLE}<p class='mof-panel'>{said}</p>"
                self._end()
                raise
            if all(look.snapshot.is_over for look in self._looks):
                self.stop()

    def _end(self):
        self._is_over.set()
        self._stop.disabled = True
        if self in _panels:
            _panels.remove(self)

    def _tell(self):
        """The words: what has not changed stays as it is."""
        with self._lock:
            for look, widgets, told in zip(self._looks, self._words, self._told, strict=True):
                for widget, text in zip(widgets, look.html_parts(told), strict=True):
                    widget.value = text  # the same text again sends nothing
                told.clear()
                told.update((signal.level, signal.kind) for signal in look.signals)

    def _draw_news(self):
        """The figure, where it is not held and more has come than is drawn."""
        if not self._hold.value and [look.news for look in self._looks] != self._drawn:
            self._draw()

    def _draw(self):
        with self._lock:
            looks = self._looks
            chosen = [look if look.snapshot.name in self._shown.value else None for look in looks]
            quantities = _quantities(chosen, self._axis.value)
            self._drawn, self._drawn_at = [look.news for look in looks], time.monotonic()
            if not quantities:
                self._figure.outputs = ()
                return
            figure = run_grid_figure(quantities)
            self._figure.layout.height = f"{figure.layout.height + 20}px"  # nothing jumps while it is drawn
            self._figure.outputs = (as_output(figure, _description(quantities)),)


def as_output(figure, description):
    """A figure as a notebook stores it. JupyterLab draws a new one; one that is only updated it leaves as it
    is."""
    data = {PLOTLY_TYPE: json.loads(figure.to_json()), "text/plain": description}
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _quantities(looks, axis):
    """What can be drawn of some looks; None for a run that is left out."""
    snapshots = [None if look is None else look.snapshot for look in looks]
    return quantities_of(snapshots, axis, [None if look is None else look.on_track for look in looks])


def _description(quantities):
    """What is drawn, in a sentence."""
    band = _("{title} with the expected band")
    titles = [band.format(title=q.title) if q.ribbons else q.title for q in quantities]
    return _("A training as its log tells it: {quantities}.").format(quantities=", ".join(titles))
