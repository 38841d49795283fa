"""`with` around active code."""

import contextlib
import threading
import time
import warnings

import numpy as np
from catalogue import program

LOCK = threading.RLock()
SEEN = []


def row():
    return (np.array([0.7, 1.3, 0.4]),)


class Timer:
    def __enter__(self):
        self.started = time.perf_counter()
        return self

    def __exit__(self, *error):
        self.took = time.perf_counter() - self.started


class Swallows:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        return True


@contextlib.contextmanager
def factor(value):
    yield value + 1.0


@contextlib.contextmanager
def careful():
    try:
        yield 2.0
    except ValueError:
        SEEN.append("swallowed")


@program(row)
def settings_of_numpy(x):
    with np.errstate(all="ignore"):
        y = np.log(x)
    return np.sum(y)


@program(row)
def returns_from_within(x):
    with np.errstate(divide="ignore"):
        return np.sum(np.sin(x))


@program(row)
def several_managers_in_a_loop(x):
    with np.errstate(all="ignore"), contextlib.nullcontext(2.0) as k:
        y = x * k
        for _ in range(3):
            with LOCK:
                y = y * x
    return np.sum(y)


@program(row)
def measured(x):
    with Timer() as timer:
        y = x * x
    return np.sum(y) * (1.0 if timer.took >= 0.0 else 2.0)


@program(row)
def made_of_a_generator(x):
    with factor(2.0) as k:
        y = x * x * k
    return np.sum(y)


@program(row)
def warnings_caught(x):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        y = x**3
    return np.sum(y)


@program(row)
def exits_of_a_loop_within(x):
    total = 0.0
    for v in x:
        with np.errstate(divide="ignore"):
            if v > 1:
                continue
            w = np.log(v)
            if w > 5:
                return w
        total = total + w * v
    return total


@program(row)
def in_a_branch(x):
    y = x
    if x[0] > 0:
        with np.errstate(all="ignore"):
            y = np.sqrt(y)
            for _ in range(2):
                y = y * x
    return np.sum(y)


@program(row)
def bound_to_a_place(x):
    kept = {}
    with contextlib.nullcontext(3.0) as kept["k"]:
        y = x * kept["k"]
    return np.sum(y * x)


@program(row)
def swallowed_by_a_class(x):
    y = x * x
    with Swallows():
        y = y * x
        raise ValueError
    return np.sum(y)


@program(row)
def swallowed_by_a_generator(x):
    y = x * x
    with careful() as k:
        y = y * x * k
        raise ValueError
    return np.sum(y)


@program(row)
def several_managers_one_swallows(x):
    y = x * x
    with np.errstate(all="ignore"), contextlib.suppress(KeyError):
        y = y * x
        raise KeyError
    return np.sum(y)


@program(row, note="nothing stands in the branch once its `with` is empty")
def manager_with_nothing_to_do(x):
    total = np.sum(x)
    if x[0] < 5.0:
        with np.errstate(all="ignore"):
            unused = x * 2.0  # noqa: F841
    return total
