"""rnnlib: recurrent networks in plain NumPy, thin enough to read in an afternoon. Import what you need by its file, as in
`from rnnlib.cells import LSTM`. `plots` needs matplotlib, `bench` ipywidgets; all others need NumPy alone."""

__version__ = "0.1.0"
