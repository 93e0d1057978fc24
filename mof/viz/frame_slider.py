"""A slider over a figure's frames: no Python behind it, so that it also moves in the built book."""

AT_ONCE = {"mode": "immediate", "frame": {"duration": 0}, "transition": {"duration": 0}}


def frame_slider(frames, prefix):
    """A step for each frame, labelled with the frame's name; picture and title change together, at once.

    Args:
        frames: list of plotly Frames with names.
        prefix: str before the label of the present step, such as "head ".

    Returns:
        dict, one of `layout.sliders`.
    """
    steps = [{"label": frame.name, "method": "animate", "args": [[frame.name], AT_ONCE]} for frame in frames]
    return {"steps": steps, "currentvalue": {"prefix": prefix}, "pad": {"t": 60}}
