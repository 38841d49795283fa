"""Names of a function: which it binds, which it reads from the module."""

from __future__ import annotations

import gast
import pytest

from sourcead.backend.scopes import bound_names, free_reads


def free(body):
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return [node.id for node in free_reads(gast.parse(f"def f(x):\n{lines}\n").body[0])]


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("return x + a", ["a"]),
        ("a = 1\nreturn a", []),
        ("y = [w for w in ws]\nreturn w", ["ws", "w"]),
        ("y = [w + z for w in ws for q in w if q > z]", ["ws", "z", "z"]),
        ("y = {k: v + c for k, v in d}", ["d", "c"]),
        ("y = [(m := v) for v in vs]\nreturn m", ["vs"]),
        ("return (lambda e, k=d: e + k + c)(x)", ["d", "c"]),
        ("def g(k=d):\n    return k + x + c\nreturn g", ["d", "c"]),
        ("def g():\n    inner = 1\nreturn inner", ["inner"]),
        ("global h\nh = 1\nreturn h", ["h"]),
        ("try:\n    pass\nexcept E as error:\n    error", ["E"]),
        ("with c as d:\n    d", ["c"]),
        ("import a.b, c as d\nreturn a, d, c", ["c"]),
        ("match x:\n    case [P(), *rest] as all_of: rest, all_of\n    case {'k': 1, **more}: more", ["P"]),
        ("class A(B):\n    y = c\n    def m(self): return d", ["B", "c", "d"]),
        ("for i, *j in x: i, j, n", ["n"]),
    ],
)
def test_free_reads(body, names):
    assert free(body) == names


def test_defaults_decorators_and_annotations_belong_outside():
    tree = gast.parse("@deco\ndef f(x: kind = start, *, k=x) -> out: return x").body[0]
    assert sorted(node.id for node in free_reads(tree)) == ["deco", "kind", "out", "start", "x"]


def test_bound_names_reach_into_everything():
    tree = gast.parse("def f(x):\n    def g(y): return [z for z in y]\n    return lambda w: w").body[0]
    assert bound_names(tree) == {"x", "g", "y", "z", "w"}
