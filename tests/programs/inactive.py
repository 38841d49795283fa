"""Statements carried through unchanged: print, assert, raise, f-strings, logging, counters, global reads."""

import logging
import warnings

import numpy as np
from catalogue import program

log = logging.getLogger(__name__)


@program(lambda: (0.7,))
def prints(x):
    """Prints as it goes."""
    y = x * x
    print("y is", y)
    print(f"{x=:.3f} {y!r:>10}")
    return y * 2.0


@program(lambda: (np.array([0.7, 0.2]), "left"))
def asserts(x, side):
    assert x.ndim == 1, f"one axis, not {x.ndim}"
    assert side in ("left", "right")
    y = np.log(x)
    assert np.all(np.isfinite(y)), "x must be positive"
    return np.sum(y)


@program(lambda: (0.7,))
def raises(x):
    if x < 0.0:
        raise ValueError(f"x must not be negative, but is {x}")
    y = np.sqrt(x)
    if not np.isfinite(y):
        raise ArithmeticError("no root")
    return y * x


@program(lambda: (0.7,), lambda: (1.7,))
def raises_in_last_branch(x):
    if x < 1.0:
        return x * x
    elif x < 2.0:
        return x**3
    else:
        raise ValueError("too large")


@program(lambda: (0.7, 3))
def logs(x, n):
    for i in range(n):
        log.debug("step %d: %g", i, x)
        x = x - 0.1 * np.sin(x)
    log.info("result %s", x)
    return x


@program(lambda: (0.7,))
def warns(x):
    if x > 100.0:
        warnings.warn("large argument", stacklevel=2)
    return np.exp(x)


@program(lambda: (0.7,))
def counts_calls(x):
    counts = {"loops": 0, "branches": 0}
    trace = []
    for i in range(4):
        counts["loops"] += 1
        if x > 0.5:
            counts["branches"] += 1
            trace.append(i)
            x = x * 0.8
    label = ",".join(str(t) for t in trace)
    assert label == "0,1", label
    return x * counts["loops"] + counts["branches"]


@program(lambda: (0.7, "a-b-c"))
def strings(x, text):
    parts = text.split("-")
    scale = len(parts) + int("3")
    name = "%s has %d parts" % (text, scale)
    return x**scale + len(name.upper())


@program(lambda: (0.7,))
def inactive_arrays(x):
    grid = np.linspace(0.0, 1.0, 5)
    weights = np.ones(5) / 5
    weights[0] = weights[-1] = 0.5
    mask = grid > 0.2
    order = np.argsort(-grid)
    return np.sum(weights[mask] * np.exp(-x * grid[mask])) + x * order[0] + x * np.count_nonzero(mask)


@program(lambda: (0.7, 11), note="random numbers drawn from a seed: the same ones on every call")
def fixed_draws(x, seed):
    rng = np.random.default_rng(seed)
    z = rng.standard_normal(6)
    return np.mean(np.maximum(np.exp(x * z) - 1.0, 0.0))


@program(lambda: (0.7,))
def local_import(x):
    import math

    from numpy import sin

    return sin(x) * math.pi + math.floor(3.7)


@program(lambda: (0.7,))
def deletes(x):
    y = x * x
    z = y + 1.0
    del y
    return z * x


@program(lambda: (0.7,), may_refuse=True, note="a context manager around the work")
def error_state(x):
    with np.errstate(divide="ignore"):
        y = np.log(x) / x
    return y * x


@program(lambda: (0.7,), lambda: (-0.7,), may_refuse=True, note="try around active code")
def guarded_by_try(x):
    try:
        y = checked_root(x)
    except ValueError:
        y = x * x
    return y * 2.0


def checked_root(x):
    if x < 0:
        raise ValueError("negative")
    return np.sqrt(x)


@program(lambda: (0.7,), may_refuse=True)
def finally_block(x):
    steps = []
    try:
        y = x * x
    finally:
        steps.append("done")
    return y * len(steps)


@program(lambda: (0.7, 2), lambda: (0.7, 9), may_refuse=True)
def match_statement(x, k):
    match k:
        case 1:
            return x
        case 2 | 3:
            y = x * x
        case _:
            y = np.exp(x)
    return y * 3.0


@program(lambda: (np.array([0.7, 0.2]),), may_refuse=True, note="a generator function of the user")
def generator_used(x):
    return sum(squares(x))


def squares(x):
    for v in x:
        yield v * v


@program(lambda: (0.7,), note="isinstance, type, hasattr, id, callable are inactive")
def asks_about_types(x):
    if isinstance(x, int) or hasattr(x, "nothing_like_this") or type(x) is str or callable(x):
        return x * 100.0
    return x**2
