"""What a function does besides giving a value happens once and in order, in every mode: prints, logs, draws, files."""

from __future__ import annotations

import logging
import random
import sys
import warnings

import numpy as np
import pytest

import sourcead

LOG = logging.getLogger("effects")
X = np.array([0.4, 1.3])


def prints(x, rng, out):
    total = 0.0
    for k in range(2):
        print("round", k, float(np.round(x[k], 3)), file=out)
        total = total + x[k] ** 2
    print(f"total {np.round(total, 3)}", file=out)
    return total


def logs(x, rng, out):
    LOG.warning("first")
    y = np.sum(x * x)
    LOG.warning("second %s", np.round(y, 3))
    return y * y


def draws(x, rng, out):
    y = x * rng.normal(size=2)
    z = y + rng.uniform()
    return np.sum(z * z) + rng.integers(5)


def draws_globally(x, rng, out):
    y = x * np.random.normal(size=2)
    return np.sum(y * y) * random.random() + np.random.rand()


def noisy(v, rng, out):
    print("inside", file=out)
    return v * v * rng.normal()


def in_a_callee(x, rng, out):
    total = 0.0
    for v in x:
        total = total + noisy(v, rng, out)
    return total


def writes(x, rng, out):
    out.write("begin\n")
    y = x * x
    out.write(str(np.round(y, 3)) + "\n")
    print("to the terminal")
    sys.stdout.write("the same\n")
    return np.sum(y)


def warns(x, rng, out):
    warnings.warn("careful", stacklevel=1)
    return np.sum(x * x)


def in_a_region(x, rng, out):
    print("before", file=out)
    try:
        print("within", file=out)
        y = x * rng.normal()
        raise KeyError("planned")
    except KeyError as error:
        print("caught", error, file=out)
        y = y * rng.normal()
    print("after", file=out)
    return np.sum(y * y)


def in_a_branch_and_a_loop(x, rng, out):
    y = x
    k = 0
    while np.sum(y) < 10.0:
        k += 1
        if k % 2:
            print("odd", k, file=out)
            y = y * 2.0
            continue
        print("even", k, rng.integers(9), file=out)
        y = y + x
    return np.sum(y)


class Speaks:
    def __init__(self, out):
        print("made", file=out)


def makes_objects_that_print(x, rng, out):
    Speaks(out)
    made = Speaks(out)
    y = x * x
    made = y
    return np.sum(made)


def writes_and_reads_arrays(x, rng, out):
    np.savetxt(out, [1.0, 2.0])
    out.seek(0)
    y = x * np.loadtxt(out)
    out.seek(0)
    np.savetxt(out, [7.0, 7.0])
    return np.sum(y * y)


PROGRAMS = [
    makes_objects_that_print,
    writes_and_reads_arrays,
    prints,
    logs,
    draws,
    draws_globally,
    in_a_callee,
    writes,
    warns,
    in_a_region,
    in_a_branch_and_a_loop,
]
MODES = {
    "gradient": lambda f, *rest: sourcead.value_and_grad(f)(X.copy(), *rest)[0],
    "adjoint": lambda f, *rest: (sourcead.adjoint(f)(X.copy(), *rest, 1.0), None)[1],
    "forward": lambda f, *rest: sourcead.tangent(f)(X.copy(), *rest, np.ones(2))[0],
    "dynamic": lambda f, *rest: sourcead.value_and_grad(f, dynamic="always")(X.copy(), *rest)[0],
}


def run(function, path, capsys, caplog):
    """The value of a call, and all that it left behind."""
    rng = np.random.default_rng(5)
    np.random.seed(5)
    random.seed(5)
    caplog.clear()
    capsys.readouterr()
    with path.open("w+") as out, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        value = function(rng, out)
        out.seek(0)
        text = out.read()
    left = rng.bit_generator.state, np.random.get_state()[1].tolist(), random.getstate()
    messages = [record.getMessage() for record in caplog.records]
    return value, (text, capsys.readouterr().out, messages, [str(w.message) for w in warned], left)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("f", PROGRAMS, ids=lambda f: f.__name__)
def test_effects_are_those_of_the_plain_call(f, mode, tmp_path, capsys, caplog):
    value, expected = run(lambda *rest: f(X.copy(), *rest), tmp_path / "plain", capsys, caplog)
    found, effects = run(lambda *rest: MODES[mode](f, *rest), tmp_path / "derived", capsys, caplog)
    assert effects == expected
    assert found is None or found == pytest.approx(value)
