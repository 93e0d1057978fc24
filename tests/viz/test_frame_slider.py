"""A slider that needs no kernel."""

import plotly.graph_objects as go

from mof.viz.frame_slider import frame_slider


def test_each_frame_has_a_step_that_shows_it_at_once():
    frames = [go.Frame(name=name, data=[go.Scatter(y=[1])]) for name in ("a", "b")]
    figure = go.Figure(frames[0].data[0], frames=frames)
    figure.update_layout(sliders=[frame_slider(frames, "head ")])
    (slider,) = figure.layout.sliders
    assert slider.currentvalue.prefix == "head "
    for step, frame in zip(slider.steps, frames, strict=True):
        assert (step.label, step.method) == (frame.name, "animate")
        names, how = step.args
        assert list(names) == [frame.name] and how["mode"] == "immediate"
        assert how["frame"]["duration"] == how["transition"]["duration"] == 0
