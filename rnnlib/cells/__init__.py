"""The recurrent cells. Each has one forward and one backward pass over a whole sequence."""

from rnnlib.cells.base import Cell, Grads, Trace
from rnnlib.cells.gru import GRU
from rnnlib.cells.lstm import LSTM
from rnnlib.cells.rnn import RNN

__all__ = ["GRU", "LSTM", "RNN", "Cell", "Grads", "Trace"]
