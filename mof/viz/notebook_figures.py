"""Shows a plotly figure with its words: in JupyterLab, and in the built book with no kernel.

The book's build puts the figure's data into the page (book/_extensions/page_figures.py) and a script draws it
there (book/_static/figures.js); sliders, buttons and menus become elements of the page.
"""

import html


def show_figure(figure, description):
    """Shows a figure and, below it, a caption, which also stands for the figure in a screen reader.

    Args:
        figure: a plotly Figure. A slider, buttons or a menu in it also work in the built book.
        description: str, one or two plain sentences: what is on the axes, and what to see.

    Raises:
        ValueError: without a description.

    Example:
        show_figure(length_figure(seconds), "Seconds against tokens: the line of the memory is straight.")
    """
    if not description.strip():
        raise ValueError("the description is empty: say in a sentence what the figure shows.")
    from IPython.display import HTML, display

    figure.update_layout(meta={"description": description})
    display(figure)
    display(HTML(f'<p class="mof-caption">{html.escape(description)}</p>'))
