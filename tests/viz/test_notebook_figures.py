"""A figure is shown once, with its words."""

import sys
from types import ModuleType

import plotly.graph_objects as go
import pytest

from mof.viz.notebook_figures import show_figure


class Page:
    """Stands in for IPython's HTML."""

    def __init__(self, text):
        self.text = text


@pytest.fixture
def shown(monkeypatch):
    """What a notebook displays, in order; IPython comes with JupyterLab and is not needed here."""
    package, module, objects = ModuleType("IPython"), ModuleType("IPython.display"), []
    package.display, module.HTML, module.display = module, Page, objects.append
    monkeypatch.setitem(sys.modules, "IPython", package)
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    return objects


def test_figure_then_caption(shown):
    figure = go.Figure()
    assert show_figure(figure, "Loss against updates.") is None
    assert shown[0] is figure and len(shown) == 2
    assert shown[1].text == '<p class="mof-caption">Loss against updates.</p>'


def test_description_goes_with_the_figure_to_a_screen_reader(shown):
    figure = go.Figure()
    show_figure(figure, "Loss against updates.")
    assert figure.to_plotly_json()["layout"]["meta"] == {"description": "Loss against updates."}


def test_caption_is_text_and_no_markup(shown):
    show_figure(go.Figure(), "x < 3 & <b>bold</b>")
    assert shown[1].text == '<p class="mof-caption">x &lt; 3 &amp; &lt;b&gt;bold&lt;/b&gt;</p>'


@pytest.mark.parametrize("description", ["", " \n"])
def test_without_words_nothing_is_shown(shown, description):
    with pytest.raises(ValueError, match="the description is empty: say in a sentence what the figure shows"):
        show_figure(go.Figure(), description)
    assert shown == []
