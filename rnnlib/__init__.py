"""rnnlib: recurrent networks in plain NumPy, thin enough to read in an afternoon.
Import what you need by its file: `from rnnlib.cells import LSTM`, `from rnnlib.train import fit`. `plots` needs matplotlib,
`bench` ipywidgets; all others need NumPy alone."""

__version__ = "0.1.0"
