"""How a bench is laid out: its controls, a row of buttons, the picture. bench.css styles it."""

import contextlib
import functools

import ipywidgets


def panel(bench, actions):
    """The widget that holds everything of a bench that the reader sees."""
    buttons = [button("Reset", bench.reset)]
    for label, values in bench.presets.items():
        buttons.append(button(label, functools.partial(bench.set, **values)))
    for label, action in actions.items():
        buttons.append(button(label, functools.partial(run_and_report, bench, action)))
    if bench.play is not None:
        buttons.append(bench.play)
    parts = [
        ipywidgets.Box(list(bench.widgets.values())).add_class("rnn-bench-controls"),
        ipywidgets.Box(buttons).add_class("rnn-bench-buttons"),
        bench.picture,
    ]
    return ipywidgets.VBox(parts).add_class("rnn-bench")


def button(label, function):
    """A button that calls `function`. Its errors are shown in the bench, so they end here."""

    def clicked(_):
        with contextlib.suppress(Exception):
            function()

    made = ipywidgets.Button(description=label, tooltip=label)
    made.on_click(clicked)
    return made


def run_and_report(bench, action):
    """Run an action of the bench, and show its error in the page if it has one."""
    with bench.session.reporting_to_page():
        bench.act(action)
