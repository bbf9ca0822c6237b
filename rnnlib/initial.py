"""Where weights start."""

import numpy as np

from rnnlib import checks


def xavier(rows, columns, rng):
    """Weights (rows, columns), uniform between ±√(6/(rows + columns)).

    rng: the Generator that draws them. Source: Glorot and Bengio 2010, equation 16.
    """
    bound = np.sqrt(6 / (rows + columns))
    return checks.generator("rng", rng).uniform(-bound, bound, (rows, columns))


def orthogonal(n, rng, gain=1.0):
    """A random orthogonal matrix (n, n) times `gain`, so that every singular value is `gain`.

    rng: the Generator that draws it. Source: Saxe et al. 2014, section 3.
    """
    Q, R = np.linalg.qr(checks.generator("rng", rng).standard_normal((n, n)))
    # These signs make it uniform over all orthogonal matrices, and the same for any LAPACK.
    return gain * Q * np.sign(np.diag(R))
