"""BLAS uses one thread after `import rnnlib`, unless the user has said otherwise."""

import json
import os
import subprocess
import sys

import pytest

from rnnlib import threads

THREADS_OF_BLAS = """
import json
import numpy as np
np.ones((2, 2)) @ np.ones((2, 2))
{before}
import rnnlib
from threadpoolctl import threadpool_info
print(json.dumps([lib["num_threads"] for lib in threadpool_info() if lib["user_api"] == "blas"]))
"""
NO_THREADPOOLCTL = "import sys; sys.modules['threadpoolctl'] = None; import rnnlib"
# More threads than this machine may have cores, set in the way in which a default is found.
TWO = "from threadpoolctl import threadpool_limits; threadpool_limits(2, 'blas')"


def environment(**variables):
    undecided = {key: value for key, value in os.environ.items() if key not in threads.DECIDED_BY}
    return undecided | variables


def threads_of_blas(before="", **variables):
    """The number of threads of each BLAS in a new Python that imports NumPy and then rnnlib."""
    code = THREADS_OF_BLAS.format(before=before)
    done = run(code, **variables)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    if not found:
        pytest.skip("threadpoolctl doesn't know the BLAS of this machine")
    return found


def run(code, **variables):
    return subprocess.run(
        [sys.executable, "-c", code],
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_default_is_one_thread_although_numpy_came_first():
    assert set(threads_of_blas(before=TWO)) == {1}


@pytest.mark.parametrize("variable", ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"])
def test_the_user_has_the_last_word(variable):
    found = threads_of_blas(before=TWO, **{variable: "2"})
    assert set(found) == {2}


def test_without_threadpoolctl_nothing_happens():
    done = run(NO_THREADPOOLCTL)
    assert (done.returncode, done.stderr) == (0, "")
