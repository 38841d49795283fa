"""Errors raised and caught: what was changed before one stays changed, and values travel in them."""

from __future__ import annotations

import changing
from writing import Block, Writer

RAISES = (
    "raise ValueError({s})",
    "raise ValueError",
    "raise KeyError('k', {v})",
    "raise StopIteration({v})",
    "1 / 0",
    "{v}[9] = {s}",
    "{r} = [][0]",
    "{r} = {{}}['k']",
    "{r} = np.ones(3) + {v}",
    "raise Stop({s})",
)
READ = (
    "{r} = {e}.args[0] * 0.5 if {e}.args and np.ndim({e}.args[0]) == 0 and not isinstance({e}.args[0], str) else {s}",
    "{r} = len({e}.args) * {s}",
    "{r} = {e}.value if isinstance({e}, Stop) else {s}",
    "{r} = {s}",
    "pass",
)
CAUGHT = ("Exception", "(ValueError, KeyError, StopIteration, Stop)", "(ArithmeticError, LookupError)", "ValueError")

HEAD = """
class Stop(Exception):
    def __init__(self, value):
        super().__init__(value)
        self.value = value


def stopped(a, k):
    a[0] = a[0] * 0.5 + k
    if a[0] > {bound}:
        raise Stop({given})
    a[1] += k
    return np.sum(a)"""


def head(w: Writer) -> list[str]:
    """The exception and the function that raises it."""
    text = HEAD.format(bound=w.pick(("0.1", "-0.3", "9.0")), given=w.pick(("k", "a[1]", "np.sum(a)")))
    return ["", *text.splitlines()]


def raised(w: Writer) -> Block:
    """A block that raises at some place, what catches it, and what is read of it."""
    if w.depth > 1:
        return changing.assign(w)
    result, error = w.fresh(), w.fresh()
    start = f"{result} = {w.expression('s', 1)}"
    w.names[result] = "s"
    known = {"r": result, "e": error}
    vector = w.pick(w.named("v")) if w.named("v") else None
    inside = w.inner(1)
    if w.chance.random() < 0.3 and vector is not None:
        inside.append(f"    {result} = stopped({vector}, {w.leaf('s')})")
    else:
        raising = _filled(w, w.pick(RAISES), known)
        inside += [f"    if {w.condition()}:", f"        {raising}"] if w.chance.random() < 0.7 else [f"    {raising}"]
    inside += w.inner(1)
    if w.chance.random() < 0.2:
        inside.append(f"    {w.pick(('continue', 'break'))}" if w.looped else "    pass")
    after = ["    " + _filled(w, w.pick(READ), known), *w.inner(1)]
    if w.chance.random() < 0.15:
        after.append(
            "    " + (w.pick(("continue", "break")) if w.looped else f"return {w.leaf('s')}" * w.returns or "pass")
        )
    lines = [start, "try:", *inside, f"except {w.pick(CAUGHT)} as {error}:", *after]
    if w.chance.random() < 0.2:
        lines += ["except Exception:", *w.inner(1)]
    if w.chance.random() < 0.25:
        lines += ["else:", *w.inner(1)]
    if w.chance.random() < 0.25:
        lines += ["finally:", *w.inner(1)]
    return lines


def _filled(w: Writer, form: str, known: dict[str, str]) -> str:
    return form.format(**known, s=w.leaf("s"), v=w.leaf("v"))
