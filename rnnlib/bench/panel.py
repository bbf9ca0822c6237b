"""How a bench is laid out: its controls, a row of buttons, the picture. bench.css styles it."""

import functools

import ipywidgets

from rnnlib.bench.session import only_in_page


def make_panel(bench, actions):
    """The widget that holds everything of a bench that the reader sees."""
    buttons = [button("Reset", bench.reset)]
    for label, values in bench.presets.items():
        buttons.append(button(label, functools.partial(bench.set, **values)))
    for label, action in actions.items():
        buttons.append(button(label, functools.partial(bench.act, action)))
    if bench.play is not None:
        buttons.append(bench.play)
    parts = [
        ipywidgets.Box(list(bench.widgets.values())).add_class("rnn-bench-controls"),
        ipywidgets.Box(buttons).add_class("rnn-bench-buttons"),
        bench.picture_widget,
    ]
    return ipywidgets.VBox(parts).add_class("rnn-bench")


def button(label, function):
    """A button that calls `function`. The session shows its errors in the page."""

    def clicked(_):
        with only_in_page():
            function()

    made = ipywidgets.Button(description=label, tooltip=label)
    made.on_click(clicked)
    return made
