"""Where weights start."""

import numpy as np

from rnnlib import checks


def xavier(rows, columns, rng):
    """Weights (rows, columns), uniform within ±√(6/(rows + columns)): Glorot and Bengio 2010, equation 16."""
    bound = np.sqrt(6 / (rows + columns))
    return checks.generator("rng", rng).uniform(-bound, bound, (rows, columns))


def orthogonal(n, rng, gain=1.0):
    """A random n × n orthogonal matrix times `gain`: every singular value is `gain` (Saxe et al. 2014, §3)."""
    Q, R = np.linalg.qr(checks.generator("rng", rng).standard_normal((n, n)))
    return gain * Q * np.sign(np.diag(R))  # the signs make it uniform over rotations and the same for any LAPACK
