"""What cells.py measures: which cells, in which sizes, beside whom."""

# T steps, B sequences in a batch, D inputs, H units.
SIZES = [
    (100, 1, 1, 8),
    (100, 1, 8, 32),
    (100, 32, 2, 32),
    (100, 32, 8, 64),
    (100, 32, 64, 128),
    (200, 64, 32, 128),
    (1000, 32, 2, 32),
    (50, 128, 128, 256),
]
CELLS = {"RNN": 1, "LSTM": 4, "GRU": 3}  # how many blocks of H rows the weights have
CELL_SIDES = ("rnnlib", "PyTorch", "JAX", "products")
NETWORK_SIDES = ("rnnlib", "PyTorch")
PARTS = ("cells", "network", "growth")

# How time grows: one size takes these values while the others stay in the middle.
GROWTH = {
    "T": (25, 50, 100, 200, 400, 800),
    "B": (1, 4, 16, 64, 256),
    "H": (8, 16, 32, 64, 128, 256),
}
MIDDLE = {"T": 100, "B": 32, "D": 16, "H": 64}

# How memory grows: with full backpropagation, and truncated to windows of this many steps.
MEMORY_T = (200, 400, 800, 1600, 3200)
WINDOW = 100
