"""rnnlib: recurrent networks in plain NumPy, thin enough to read in an afternoon.
Import what you need by its file: `from rnnlib.cells import LSTM`, `from rnnlib.train import fit`.
`activations`, `cells`, `dense`, `losses`, `optim`, `gradcheck`, `tasks`, `datasets`, `network` and `train` need NumPy
alone; `plots` needs matplotlib and `bench` ipywidgets."""

__version__ = "0.1.0"
