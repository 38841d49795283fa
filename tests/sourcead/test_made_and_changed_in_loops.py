"""Arrays that a loop makes anew, changes in place and reads: every way to make one with every way to change it.

Of what a round makes, the reverse sweep keeps some and makes the rest again. Which is right depends on all three.
"""

from __future__ import annotations

import itertools
import linecache

import numpy as np
import pytest

import sourcead
from sourcead.errors import SourceADError


class Holder:
    def __init__(self, a, b):
        self.a = a
        self.b = b


def changed(z, m):
    z[1] = m[0] * 2.0


MADE = [
    "m * 0.5", "m + w", "-m", "w * m", "m[:] * 1.0", "m - 1.0", "m / 2.0", "m.copy()", "g[k] * 1.0", "g[k] + m",
    "h * 0.5", "m[::-1] * 0.5", "g[k]", "g[:, k]", "kept[k]", "kept[0]", "g.T[k]", "m", "h", "g[k][::-1]", "d['a']",
    "held.a", "held.b[k]", "s * w", "m * s", "(m * k) + w", "h if k else m * 1.0",
]  # fmt: skip
CHANGES = [
    "z[2] = m[3] * 1.0", "z[1:3] = w[0:2]", "z[1] += m[2]", "z[:2] *= m[1]", "z *= m", "z -= w", "z.sort()",
    "np.add.at(z, [0, 0], m[1:3])", "z.fill(m[0])", "np.multiply(z, m, out=z)", "np.copyto(z, w * m)",
    "v = z[1:]; v *= m[0]", "v = z; v[0] = m[2]", "z[0], z[1] = z[1], z[0]", "z[w > 0.9] = m[0]", "z[...] = m * m",
    "l = [z]; l[0][1] = m[0]", "changed(z, m)", "z[0] = 1.5", "z[k] = m[k] * m[k]", "if m[0] > 0: z[1] = m[0]",
    "for j in range(2): z[j] = m[j + 1] * z[j]",
]  # fmt: skip
READ = ["y = m * z; s = s + np.sum(y)", "s = s + np.sum(np.sin(z)) * z[0]"]
HEAD = """def f(m, w):
    s = 0.5
    g = np.outer(m, m) + 1.0
    h = m * m
    kept = [m * 1.0, h * 2.0]
    d = {"a": m * 3.0}
    held = Holder(m * 1.0, [h * 1.0, m * 2.0])
    for k in range(2):
"""
M = np.array([1.1, 0.7, 1.3, 0.4])
W = np.array([0.53, 1.47, 0.86, 1.21])


def program(number, *parts):
    lines = [p for part in parts for p in ([part] if part.startswith(("if ", "for ")) else part.split("; "))]
    source = HEAD + "".join(f"        {line}\n" for line in lines) + "    return s\n"
    name = f"<made in a loop {number}>"
    linecache.cache[name] = (len(source), None, source.splitlines(True), name)
    scope = {"np": np, "Holder": Holder, "changed": changed}
    exec(compile(source, name, "exec"), scope)
    return scope["f"], source


@pytest.mark.parametrize("made", MADE)
def test_gradients(made):
    tried = 0
    for (place, change), read in itertools.product(enumerate(CHANGES), READ):
        f, source = program(f"{MADE.index(made)} {place} {READ.index(read)}", f"z = {made}", change, read)
        expected = [(f(M + step, W) - f(M - step, W)) / 2e-6 for step in 1e-6 * np.eye(4)]
        try:
            found = sourcead.grad(f)(M, W)
        except SourceADError:
            continue
        tried += 1
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-5, err_msg=source)
    assert tried > 0.9 * len(CHANGES) * len(READ)


AFTER = [
    "z[1] = 2.0", "z *= 2.0", "z[:] = m * m", "z.fill(0.5)", "z.sort()", "np.add.at(z, [1], m[:1])",
    "v = z; v[0] = m[1]", "changed(z, m)", "for j in range(2): z[j] = m[j]", "z[...] = 0.0", "if m[0] > 0: z[1] = 7.0",
    "np.multiply(z, m, out=z)", "z[0], z[1] = z[1], z[0]", "v = z[1:]; v *= 3.0",
]  # fmt: skip
LAST = ["m * 0.5", "np.sin(m)", "g[k] * m", "h * k + m", "m * m if k else m * 3.0"]


@pytest.mark.parametrize("made", LAST)
def test_what_the_last_round_made_may_be_changed_after_the_loop(made):
    for place, after in enumerate(AFTER):
        lines = after.split("; ") if not after.startswith(("if ", "for ")) else [after]
        text = f"        z = {made}\n        s = s + np.sum(z * z)\n" + "".join(f"    {line}\n" for line in lines)
        source = HEAD + text + "    return s + np.sum(z * w)\n"
        name = f"<changed after a loop {LAST.index(made)} {place}>"
        linecache.cache[name] = (len(source), None, source.splitlines(True), name)
        scope = {"np": np, "Holder": Holder, "changed": changed}
        exec(compile(source, name, "exec"), scope)
        f = scope["f"]
        expected = [(f(M + step, W) - f(M - step, W)) / 2e-6 for step in 1e-6 * np.eye(4)]
        np.testing.assert_allclose(sourcead.grad(f)(M, W), expected, rtol=1e-4, atol=1e-5, err_msg=source)
