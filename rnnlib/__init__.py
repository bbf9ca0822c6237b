"""rnnlib: recurrent networks in plain NumPy, for reading as well as for running.

Import what you need by its file or package, as in `from rnnlib.cells import LSTM`. `plots` needs
matplotlib and `bench` needs ipywidgets and anywidget; all others need NumPy alone.
"""

__version__ = "0.1.0"
