"""General matrices: eigenvalues and eigenvectors are complex numbers, and the gradient of a real matrix is real.

NumPy gives them as complex numbers always from 2.5 on, before that where they are.
"""

import sys
from functools import partial

import numpy as np
import pytest
from numpy.linalg import eig
from numpy.testing import assert_allclose

import sourcead

REAL = np.array([[1.0, 0.2, 0.1], [0.3, 2.0, 0.4], [0.1, 0.2, 3.0]])
TURNING = np.array([[1.0, 2.0, 0.1], [-2.0, 1.0, 0.4], [0.1, 0.2, 3.0]])


def sizes(a):
    w, v = eig(a)
    return np.sum(np.abs(v) ** 4) + np.sum(np.abs(w) ** 3)


def radius(a):
    return np.max(np.abs(np.linalg.eigvals(a)))


@pytest.mark.parametrize("f", [sizes, radius])
@pytest.mark.parametrize("a", [REAL, TURNING], ids=["real", "turning"])
def test_of_real_matrices(f, a):
    steps = 1e-6 * np.eye(9).reshape(9, 3, 3)
    wanted = np.array([(f(a + e) - f(a - e)) / 2e-6 for e in steps]).reshape(3, 3)
    for gradient in (sourcead.grad(f), sourcead.grad(f, dynamic="always")):
        found = gradient(a)
        assert found.dtype == a.dtype
        assert_allclose(found, wanted, rtol=1e-6, atol=1e-7)
    assert_allclose(sourcead.tangent(f)(a, REAL)[1], np.sum(wanted * REAL), rtol=1e-6, atol=1e-7)


def test_a_stream_of_a_class_written_in_c_has_methods():
    def f(x, write):
        sys.stdout.write("")
        write("")
        return x * x

    assert sourcead.grad(f)(3.0, partial(print, end="")) == 6.0
