"""One thread for NumPy's matrix products, however Python was started."""

import os

import numpy  # noqa: F401  the limit reaches only a BLAS that is loaded already

# Whoever sets one of these has decided; `make bench` measures two threads in this way.
DECIDED_BY = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def use_one_blas_thread():
    """Limit NumPy's BLAS to one thread, unless the environment says how many there should be.

    The matrices of the lessons are too small to gain from a second thread. But when other programs
    are busy, as on a hub, the threads wait for each other, and a lesson takes several times as
    long (benchmarks/RESULTS.md). A lesson loads NumPy before rnnlib, so it is too late to set a
    variable; threadpoolctl speaks with the loaded library. In the browser there are no threads and
    perhaps no threadpoolctl, and then there is nothing to do.
    """
    if any(os.environ.get(variable) for variable in DECIDED_BY):
        return
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        return
    threadpool_limits(limits=1, user_api="blas")
