"""rnnlib: recurrent networks in plain NumPy, for reading as well as for running.

Import what you need by its file or package, as in `from rnnlib.cells import LSTM`. `plots` needs
matplotlib and `bench` needs ipywidgets and anywidget; all others need NumPy alone.
"""

from rnnlib.threads import use_one_blas_thread

__version__ = "0.1.0"

use_one_blas_thread()
