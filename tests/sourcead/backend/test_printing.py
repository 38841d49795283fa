"""The printer: what it writes is what was meant, and reads as a person would write it."""

from __future__ import annotations

import ast
import pathlib
import sys

import gast
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sourcead.backend.printing import to_text
from sourcead.backend.wrapping import WIDTH
from sourcead.frontend.comment import Comment

STDLIB = pathlib.Path(ast.__file__).parent
SAMPLE = [
    *"abc argparse ast base64 bisect calendar cmd codecs colorsys contextlib copy csv dataclasses datetime".split(),
    *"difflib dis enum fractions functools heapq inspect locale mailbox numbers pickle random re/_parser".split(),
    *"statistics string textwrap typing asyncio/base_events test/test_grammar test/test_fstring".split(),
    *"test/test_patma test/test_typing test/test_named_expressions test/test_except_star".split(),
]


def printed(text):
    return to_text(gast.parse(text)).rstrip("\n")


def same(tree, text):
    return ast.dump(ast.parse(text)) == ast.dump(tree)


@pytest.mark.parametrize("name", SAMPLE)
def test_standard_library_survives(name):
    path = STDLIB / f"{name}.py"
    if not path.exists():
        pytest.skip(f"this Python comes without {name}")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert same(tree, to_text(gast.ast_to_gast(tree)))


COMPARISONS = ["and", "or", "<", "==", "in", "not in"]
OPERATORS = "+ - * / // % @ ** << >> & | ^".split()


def combined(inner):
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.builds(lambda p, o: f"(({p[0]}) {o} ({p[1]}))", pair, st.sampled_from(OPERATORS)),
        st.builds(
            lambda p, o: f"(({p[0]}) {o} ({p[1]}))", pair, st.sampled_from("and or < == in".split() + ["not in"])
        ),
        st.builds(lambda x, o: f"({o} ({x}))", inner, st.sampled_from("- + ~ not".split())),
        st.builds(lambda p, c: f"(({p[0]}) if ({c}) else ({p[1]}))", pair, inner),
        st.builds(lambda p, c: f"f(({p[0]}), *({p[1]}), k=({c}), **({c}))", pair, inner),
        st.builds(lambda p, c: f"(({c})[({p[0]}):({p[1]}), ({c})])", pair, inner),
        st.builds(lambda x: f"({x})[({x}),]", inner),
        st.builds(lambda x: f"({x}).real", inner),
        st.builds(lambda x: f"(lambda a, /, b=({x}), *c, d, **e: ({x}))", inner),
        st.builds(lambda p: f"(({p[0]}), *({p[1]}))", pair),
        st.builds(lambda p: f"{{({p[0]}): ({p[1]}), **({p[0]})}}", pair),
        st.builds(lambda p, c: f"[({c}) for i in ({p[0]}) if ({p[1]})]", pair, inner),
        st.builds(lambda p: f"sum(({p[0]}) for (i, j) in ({p[1]}))", pair),
        st.builds(lambda x: f"(w := ({x}))", inner),
        st.builds(lambda x: f'f"a{{({x})!r:>{{({x})}}}}b"', st.sampled_from(["a", "a + b", "g(a)"])),
    )


EXPRESSIONS = st.recursive(
    st.sampled_from("a b_bar 1 2.5 1j None ... 'text' b'bytes' ()".split()), combined, max_leaves=12
)


@given(EXPRESSIONS)
@settings(max_examples=300, deadline=None)
def test_random_expressions_survive(text):
    for statement in [f"y = {text}", f"return {text}", f"for i in ({text}): pass", f"x[i] += {text}", text]:
        tree = ast.parse(statement)
        again = to_text(gast.ast_to_gast(tree))
        assert same(tree, again), again


@pytest.mark.parametrize(
    "line",
    [
        "y = 0.5 * x_bar",
        "y = x ** 2",
        "y = -(a * b)",
        "y = -x ** 2",
        "y = (-x) ** 2",
        "y = 2.0 ** -x",
        "y = a - (b - c) - d",
        "y = a * (b + c) / d",
        "y = a / (b * c)",
        "y = (a, b), c",
        "a, (b, *c) = d",
        "x[i, 1:, ..., None] += y[::2]",
        "x[*a, 1] = b",
        "return a, b",
        "for i, x in enumerate(a): pass",
        "y = [(a, b) for a, b in c if a or b]",
        "y = sum(a * b for a, b in zip(c, d))",
        'y = f(a, *b, c=1, d="text", **e)',
        "y = lambda: 0.0",
        "y = lambda x, k=2: k * x",
        "y = a if b else c",
        "y = (a if b else c) + d",
        "y = not (a and b)",
        "y = a < b <= c",
        "while (n := n - 1) > 0: pass",
        "if n := f(x): pass",
        "y = f((n := 1))",
        "y = {a: b, **c}",
        "y = {*()}",
        'y = "it\'s"',
        "y = 'say \"no\"'",
        'y = f"{x:.2f}"',
        "y = 1e309",
        "y: float = 0.0",
        "y = (1).real",
        "assert x > 0.0, (a, b)",
        "raise ValueError(x) from None",
        "with open(a) as f, g(b): pass",
        "del a, b[0]",
        "def f(a, /, b: int = 1, *c, d=2, **e) -> float: pass",
        "def f(*, a): pass",
        "async def f(): return await g(x) + 1",
    ],
)
def test_nothing_redundant(line):
    assert printed(line).replace(":\n    ", ": ") == line


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters are new in Python 3.12")
@pytest.mark.parametrize("line", ["def f[T: int, *Ts, **P](x: T): pass", "class A[T](B): pass", "type X[T] = list[T]"])
def test_type_parameters(line):
    assert printed(line).replace(":\n    ", ": ") == line


def test_negative_constants_made_by_the_compiler_bind_as_they_must():
    power = gast.BinOp(gast.Constant(-2.0, None), gast.Pow(), gast.Constant(-1, None))
    assert to_text(power) == "(-2.0) ** -1"
    product = gast.BinOp(gast.Constant(-2.0, None), gast.Mult(), gast.Constant(complex(1.0, -2.0), None))
    assert eval(to_text(product)) == -2.0 * (1.0 - 2.0j)
    attribute = gast.Attribute(gast.Constant(-2.5, None), "real", gast.Load())
    assert to_text(attribute) == "(-2.5).real"


def test_not_a_number_and_infinity():
    values = [float("nan"), float("inf"), float("-inf")]
    again = [eval(to_text(gast.Constant(value, None))) for value in values]
    assert again[0] != again[0] and again[1:] == values[1:]


def test_constant_without_a_literal_is_our_own_mistake():
    with pytest.raises(AssertionError, match="internal error in printing"):
        to_text(gast.Constant(object(), None))


def test_comments_docstrings_and_blank_lines():
    tree = gast.parse(
        "import numpy as np\n"
        "def f(x):\n"
        "    'Gradient of f.'\n"
        "    y = np.exp(x)\n"
        "    def region(y):\n"
        "        return y\n"
        "    z = region(y)\n"
        "    if x: pass\n"
        "def g(x): return x\n"
    )
    body = tree.body[1].body
    body.insert(2, Comment("dynamic: `try`\nin two lines"))
    body[-1].body = [Comment("nothing to do")]
    tree.body.insert(2, Comment("the other one"))
    assert to_text(tree) == (
        "import numpy as np\n"
        "\n"
        "\n"
        "def f(x):\n"
        '    """Gradient of f."""\n'
        "    y = np.exp(x)\n"
        "\n"
        "    # dynamic: `try`\n"
        "    # in two lines\n"
        "    def region(y):\n"
        "        return y\n"
        "\n"
        "    z = region(y)\n"
        "    if x:\n"
        "        # nothing to do\n"
        "        pass\n"
        "\n"
        "\n"
        "# the other one\n"
        "def g(x):\n"
        "    return x\n"
    )


@pytest.mark.parametrize(
    "text", ['ends in "', "back\\slash", 'three """ quotes', "two\nlines\n    ", "tab\tnul\0é", ""]
)
def test_docstrings_keep_their_value(text):
    tree = gast.parse("def f(): pass")
    tree.body[0].body.insert(0, gast.Expr(gast.Constant(text, None)))
    assert ast.get_docstring(ast.parse(to_text(tree)).body[0], clean=False) == text


LONG = [
    f"x_bar = {' + '.join(f'first_{i} * second_{i}' for i in range(12))}",
    f"return {', '.join(f'parameter_number_{i}' for i in range(12))}",
    f"if {' and '.join(f'condition_{i} > {i}' for i in range(12))}: pass",
    f"from runtime.kernels import {', '.join(f'kernel_{i}' for i in range(20))}",
    f"y = np.where({', '.join(f'np.exp(argument_{i}, axis={i})' for i in range(9))})",
    f"def function({', '.join(f'parameter_{i}=0.5' for i in range(9))}): pass",
    f"y = [{' + '.join(f'a{i}' for i in range(40))} for x in xs if x > 0]",
    f"y[{', '.join(f'index_{i}' for i in range(20))}] += {' * '.join(f'b{i}' for i in range(40))}",
]


@pytest.mark.parametrize("text", LONG)
def test_long_lines_are_broken_and_survive(text):
    again = printed(text)
    assert same(ast.parse(text), again)
    assert max(map(len, again.splitlines())) <= WIDTH


def test_long_line_breaks_in_the_outermost_brackets():
    text = f"y = unbroadcast(z_bar * np.exp({'a' * 30}, {'b' * 30}), {'c' * 40})"
    assert printed(text) == (
        f"y = unbroadcast(z_bar * np.exp({'a' * 30}, {'b' * 30}),\n    {'c' * 40})"
    )  # fmt: skip


def test_long_string_is_left_whole():
    text = f'y = "{"word " * 40}"'
    assert printed(text) == text


EXPRESSIONS = [
    "(0, 1)", "()", "(a,)", "(a, *b)", "lambda: 0", "lambda x=(1, 2): (x, x)", "a if (b, c) else d", "a and b",
    "not (a, b)", "(a < b) < c", "(a := 1)", "[a for a in b]", "(a for a in b)", "-a", "(-1) ** 2", "a + b", "f'{a}'",
    "a[0, 1]", "a[1:2, ...]", "{**a, 'b': 1}", "{1, 2}", "x.y", "1 .real", "(lambda: 0)()", "(a, b)[0]",
]  # fmt: skip
PLACES = [
    "if {}:\n pass", "while {}:\n pass", "x = {}", "x += {}", "return {}", "for i in {}:\n pass", "f({})", "f(k={})",
    "f(*{})", "f(**{})", "[{}]", "({},)", "x[{}]", "x[{}:1]", "x[1:{}]", "x[{}, 1]", "assert {}", "assert a, {}",
    "raise {}", "with {}:\n pass", "with {} as x:\n pass", "a if {} else b", "{} if a else b", "a if b else {}",
    "lambda: {}", "lambda x={}: x", "[{} for a in b]", "[a for a in {}]", "[a for a in b if {}]", "{} + a", "a ** {}",
    "{} ** a", "-{}", "not {}", "{} and a", "a and {}", "{} < a", "a < {}", "{}.x", "{}()", "{}[0]", "(x := {})",
    "del x[{}]", "x: int = {}", "match {}:\n case 1:\n  pass", "match a:\n case 1 if {}:\n  pass",
    "try:\n pass\nexcept {}:\n pass", "@{}\ndef f(): pass", "def f(a={}): pass", "{}", "x[{}] += 1", "{} in a",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_every_expression_in_every_place(place):
    for expression in EXPRESSIONS:
        for text in (place.replace("{}", expression), place.replace("{}", f"({expression})")):
            try:
                tree = ast.parse(text)
            except SyntaxError:
                continue
            assert same(tree, printed(text)), text
