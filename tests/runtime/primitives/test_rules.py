"""Every rule of the table, on every row of sample arguments beside it.

What passing proves: on the samples, the reverse rule agrees with central differences and with the forward rule, gives
a cotangent of the argument's shape and dtype, and does not mind memory layout. What it does not prove: points away
from the samples, rows whose note begins with "edge" (only forward against reverse is compared), and the next order.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import textwrap

import numpy as np
import pytest

import runtime.primitives
from runtime.primitives.registry import (
    bind,
    is_inactive,
    lookup,
    lookup_attribute,
    lookup_method,
    rules,
    sample_calls,
    select,
)
from runtime.regions import pulled_back, pushed, recorded

if importlib.util.find_spec("scipy"):
    # Their rules are loaded when something is looked up.
    importlib.import_module("scipy.special")
    importlib.import_module("scipy.linalg")
    lookup(object())
RULES = sorted(rules(), key=lambda rule: (rule.name, str(getattr(rule.function, "__module__", ""))))


def tree_map(f, *trees):
    """Apply `f` to corresponding leaves of nested lists and tuples."""
    if isinstance(trees[0], (list, tuple)):
        return [tree_map(f, *parts) for parts in zip(*trees)]
    return f(*trees)


def leaves(tree):
    if isinstance(tree, (list, tuple)):
        return [leaf for part in tree for leaf in leaves(part)]
    return [tree]


def is_smooth(tree):
    """Whether a value is made of floating-point numbers, so that a derivative in it has a meaning."""
    found = leaves(tree)
    return bool(found) and all(
        isinstance(leaf, (float, complex, np.ndarray, np.generic)) and np.result_type(leaf).kind in "fc"
        for leaf in found
    )


def wide(tree):
    """The same numbers in double precision."""

    def widen(leaf):
        return (
            np.asarray(leaf, np.result_type(leaf, np.float64)) if isinstance(leaf, (np.ndarray, np.generic)) else leaf
        )

    return tree_map(widen, tree) if is_smooth(tree) else tree


def random_like(tree, rng):
    """Random numbers of the structure, shape and dtype of `tree`; Python numbers stay Python numbers."""

    def draw(leaf):
        numbers = rng.standard_normal(np.shape(leaf))
        # NumPy 2.5 gives real eigenvectors as complex numbers, whose phase nothing determines.
        if np.any(np.imag(leaf)):
            numbers = numbers + 1j * rng.standard_normal(np.shape(leaf))
        if isinstance(leaf, (float, complex)) and not isinstance(leaf, np.generic):
            return type(leaf)(numbers)
        dtype = np.result_type(leaf) if np.result_type(leaf).kind in "fc" else np.float64
        return np.asarray(numbers, dtype)

    return tree_map(draw, tree)


def is_single(tree):
    """Whether any array of a value is of single precision."""
    return any(getattr(leaf, "dtype", None) in (np.float32, np.complex64) for leaf in leaves(tree))


def inner(left, right):
    """The pairing Re(sum(left * right)) of a cotangent and a tangent."""
    pairs = zip(leaves(left), leaves(right), strict=True)
    return sum(float(np.sum(np.real(np.multiply(a, b, dtype=np.result_type(a, b, np.float64))))) for a, b in pairs)


class Case:
    """One rule, one row of sample arguments, one argument to differentiate."""

    def __init__(self, rule, row, wrt):
        self.rule, self.row, self.wrt = rule, row, wrt
        self.texts = (rule.partials if rule.kind == "elementwise" else rule.reverse)[wrt]
        self.leading = (1 if rule.kind == "elementwise" else 2) + wrt.startswith("*")
        self.text = select(self.texts, self.leading, row.args, row.kwargs)

    @property
    def accepted(self):
        return self.text is not None

    def value(self):
        """The argument differentiated; for a starred one, all the operands."""
        found = bind(self.text, self.leading, self.row.args, self.row.kwargs)[self.wrt.lstrip("*")]
        return list(found) if self.wrt.startswith("*") else found

    def arguments(self, value):
        """Positional and keyword arguments with `value` in place of the argument differentiated."""
        name = self.wrt.lstrip("*")
        parameters = list(inspect.signature(self.text).parameters.values())[self.leading :]
        args, kwargs = list(self.row.args), dict(self.row.kwargs)
        if name in kwargs:
            kwargs[name] = value
            return args, kwargs
        k = [p.name for p in parameters].index(name)
        args[k:] = list(value) if self.wrt.startswith("*") else [value, *args[k + 1 :]]
        return args, kwargs

    def primal(self, value):
        args, kwargs = self.arguments(value)
        return self.rule.function(*args, **kwargs)

    def reverse(self, z_bar, z, value):
        args, kwargs = self.arguments(value)
        if self.rule.kind == "elementwise":
            return runtime.kernels.unbroadcast(z_bar * self.text(z, *args, **kwargs), value)
        if self.wrt.startswith("*"):
            return [self.text(z_bar, z, k, *args, **kwargs) for k in range(len(value))]
        return self.text(z_bar, z, *args, **kwargs)

    def forward(self, tangent, z, value):
        args, kwargs = self.arguments(value)
        if self.rule.kind == "elementwise":
            return np.broadcast_to(tangent * self.text(z, *args, **kwargs), np.shape(z))
        if self.rule.kind == "linear":
            return self.linear(tangent, value)
        text = select(self.rule.forward.get(self.wrt, []), self.leading, self.row.args, self.row.kwargs)
        assert text is not None, f"{self.rule.name}: no forward rule for {self.wrt} accepts {self.row}"
        if self.wrt.startswith("*"):
            parts = [text(tangent[k], z, k, *args, **kwargs) for k in range(len(value))]
            return tree_map(lambda *terms: sum(terms), *parts)
        return text(tangent, z, *args, **kwargs)

    def linear(self, tangent, value):
        if self.wrt.startswith("*"):
            parts = [self.primal([*value[:k], tangent[k], *value[k + 1 :]]) for k in range(len(value))]
            return tree_map(lambda *terms: sum(terms), *parts)
        return self.primal(tangent)


def cases(rule):
    """All cases of a rule: each row with each argument that the row gives as floating-point numbers."""
    found = []
    for row in sample_calls(rule.function):
        for wrt in rule.active:
            if row.wrt is not None and wrt not in row.wrt:
                continue
            case = Case(rule, row, wrt)
            name = wrt.lstrip("*")
            if (
                case.accepted
                and name in bind(case.text, case.leading, row.args, row.kwargs)
                and is_smooth(case.value())
            ):
                found.append(case)
    return found


def same_layout(cotangent, value, where):
    for got, want in zip(leaves(cotangent), leaves(value), strict=True):
        assert np.shape(got) == np.shape(want), f"{where}: cotangent has shape {np.shape(got)}"
        # A Python float is weakly typed: it takes the dtype of whatever it meets, so it may stand for a scalar.
        if isinstance(want, (np.ndarray, np.generic)) and type(got) is not float:
            assert np.result_type(got) == want.dtype, f"{where}: cotangent has dtype {np.result_type(got)}"


def scattered(leaf):
    """The same array in memory that is neither contiguous nor in C order."""
    if not isinstance(leaf, np.ndarray) or leaf.ndim == 0:
        return leaf
    holder = np.zeros(tuple(2 * n for n in leaf.shape[::-1]), leaf.dtype)
    view = holder[tuple(slice(None, None, 2) for _ in leaf.shape)].T
    view[...] = leaf
    return view


@pytest.fixture(autouse=True)
def quiet():
    with np.errstate(all="ignore"):
        yield


# Operations on functions and pullbacks, which no sample can hold: tests/runtime/test_regions.py tries them.
ON_FUNCTIONS = {recorded, pulled_back, pushed}


@pytest.mark.parametrize("rule", [r for r in RULES if r.function not in ON_FUNCTIONS], ids=lambda rule: rule.name)
def test_every_argument_with_a_rule_has_samples(rule):
    used = {case.text for case in cases(rule)}
    texts = [text for table in (rule.partials, rule.reverse) for texts in table.values() for text in texts]
    # Before NumPy 2.1 only the method takes the bounds by these names.
    if rule.function is np.clip and np.lib.NumpyVersion(np.__version__) < "2.1.0":
        texts = [t for t in texts if "min" not in inspect.signature(t).parameters]
    assert [t.__name__ for t in texts if t not in used] == [], f"{rule.name}: forms that no sample reaches"


@pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore:.*discards the imaginary part")
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_reverse_agrees_with_forward_and_with_differences(rule):
    rng = np.random.default_rng(0)
    for case in cases(rule):
        where = f"{rule.name} wrt {case.wrt} at {case.row}"
        value = case.value()
        z = case.primal(value)
        z_bar = random_like(z, rng)
        tangent = random_like(value, rng)
        value_bar = case.reverse(z_bar, z, value)
        same_layout(value_bar, value, where)

        slope = inner(value_bar, tangent)
        forward_slope = inner(z_bar, case.forward(tangent, z, value))
        single = is_single([z, value_bar, *case.row.args, *case.row.kwargs.values()])
        np.testing.assert_allclose(
            slope, forward_slope, rtol=2e-4 if single else 1e-9, atol=1e-5 if single else 1e-10, err_msg=where
        )

        if not case.row.note.startswith("edge"):
            rough = is_single(case.primal(wide(value)))
            numeric_slope = difference(case, wide(value), tangent, z_bar, 2e-3 if rough else 1e-6)
            rtol = 1e-2 if rough else 1e-3 if single else 1e-6
            np.testing.assert_allclose(slope, numeric_slope, rtol=rtol, atol=max(rtol / 10, 1e-8), err_msg=where)


def difference(case, value, tangent, z_bar, h):
    """The derivative of inner(z_bar, f) along `tangent` by central differences."""
    ahead = case.primal(tree_map(lambda x, v: x + h * v, value, tangent))
    behind = case.primal(tree_map(lambda x, v: x - h * v, value, tangent))
    return inner(
        z_bar, tree_map(lambda a, b: np.subtract(a, b, dtype=np.result_type(a, b, np.float64)) / (2 * h), ahead, behind)
    )


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_memory_layout_does_not_matter(rule):
    rng = np.random.default_rng(1)
    for case in cases(rule):
        value = case.value()
        z = case.primal(value)
        z_bar = random_like(z, rng)
        expected = case.reverse(z_bar, z, value)
        got = case.reverse(tree_map(scattered, z_bar), tree_map(scattered, z), tree_map(scattered, value))
        for a, b in zip(leaves(got), leaves(expected), strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6, err_msg=f"{rule.name} wrt {case.wrt} at {case.row}")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_no_rule_writes_to_what_it_is_given(rule):
    rng = np.random.default_rng(2)
    for case in cases(rule):
        value = case.value()
        z = case.primal(value)
        z_bar = random_like(z, rng)
        given = [leaf for leaf in leaves([value, z, z_bar]) if isinstance(leaf, np.ndarray)]
        before = [leaf.copy() for leaf in given]
        case.reverse(z_bar, z, value)
        for a, b in zip(given, before, strict=True):
            np.testing.assert_array_equal(a, b, err_msg=f"{rule.name} wrt {case.wrt} at {case.row}")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_python_float_is_a_cotangent_of_a_single_number(rule):
    """Emitted gradients start from the float 1.0; a float32 argument still gets a float32 cotangent."""
    for case in cases(rule):
        value = case.value()
        z = case.primal(value)
        if isinstance(z, (float, np.ndarray, np.generic)) and np.ndim(z) == 0 and np.result_type(z).kind == "f":
            where = f"{rule.name} wrt {case.wrt} at {case.row}"
            value_bar = case.reverse(1.0, z, value)
            same_layout(value_bar, value, where)
            expected = case.reverse(np.ones_like(z), z, value)
            for a, b in zip(leaves(value_bar), leaves(expected), strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-6, err_msg=where)


# The laws of rule text


TEXTS = [
    (rule, text, 1 if table is rule.partials else 2)
    for rule in RULES
    for table in (rule.partials, rule.reverse, rule.forward)
    for texts in table.values()
    for text in texts
]


def body(text):
    (function,) = ast.parse(textwrap.dedent(inspect.getsource(text))).body
    statements = function.body
    if isinstance(statements[0], ast.Expr) and isinstance(statements[0].value, ast.Constant):
        statements = statements[1:]
    return function, statements


@pytest.mark.parametrize(("rule", "text", "leading"), TEXTS, ids=lambda item: getattr(item, "__name__", ""))
def test_text_is_assignments_and_one_return(rule, text, leading):
    _, statements = body(text)
    assert isinstance(statements[-1], ast.Return)
    assert all(isinstance(s, ast.Assign) and len(s.targets) == 1 for s in statements[:-1])
    banned = (ast.IfExp, ast.Lambda, ast.ListComp, ast.GeneratorExp, ast.Await, ast.NamedExpr, ast.JoinedStr)
    assert not [n for s in statements for n in ast.walk(s) if isinstance(n, banned)]


@pytest.mark.parametrize(("rule", "text", "leading"), TEXTS, ids=lambda item: getattr(item, "__name__", ""))
def test_text_calls_only_what_the_table_knows(rule, text, leading):
    function, statements = body(text)
    local = {a.arg for a in [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]}
    if function.args.vararg:
        local.add(function.args.vararg.arg)
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Call):
                called = resolve(node.func, text, local)
                assert called is not None, f"{text.__name__}: cannot resolve {ast.unparse(node.func)}"
                known = lookup(called) is not None or is_inactive(called)
                assert known, f"{text.__name__}: {ast.unparse(node.func)} has no rule and is not inactive"
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                local.add(node.id)
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in local:
                assert node.id in text.__globals__ or hasattr(builtins, node.id)
            if isinstance(node, ast.Attribute) and is_local(node.value, local):
                known = lookup_attribute(node.attr) or lookup_method(node.attr)
                assert known, f"{text.__name__}: attribute {node.attr!r} is not in the table"


def is_local(node, local):
    return isinstance(node, ast.Name) and node.id in local


def resolve(node, text, local):
    if isinstance(node, ast.Name):
        return text.__globals__.get(node.id, getattr(builtins, node.id, None))
    if isinstance(node, ast.Attribute):
        if isinstance(node.value, ast.Name) and node.value.id not in local:
            return getattr(text.__globals__[node.value.id], node.attr, None)
        if isinstance(node.value, ast.Attribute) and not is_local(node.value.value, local):
            parent = resolve(node.value, text, local)
            return getattr(parent, node.attr, None)
        return lookup_method(node.attr)
    return None


@pytest.mark.parametrize(("rule", "text", "leading"), TEXTS, ids=lambda item: getattr(item, "__name__", ""))
def test_parameters_come_in_the_order_of_the_operation(rule, text, leading):
    try:
        operation = list(inspect.signature(rule.function).parameters.values())
    except ValueError:
        pytest.skip("the operation has no signature to read")
    operation = [p for p in operation if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    own = list(inspect.signature(text).parameters.values())
    starred = any(p.kind is p.VAR_POSITIONAL for p in own)
    own = [p for p in own[leading + starred :] if p.kind is p.POSITIONAL_OR_KEYWORD]
    positional = {p.name for p in operation if p.kind is p.POSITIONAL_ONLY}
    for k, (mine, theirs) in enumerate(zip(own, operation)):
        # np.angle calls its argument z, which is the result's name in a rule: by that keyword it is refused. NumPy 2.0
        # called the shape of np.reshape newshape.
        if theirs.name not in positional and theirs.name not in ("z", "newshape"):
            assert mine.name == theirs.name, f"{text.__name__}: parameter {k} is {mine.name!r}, not {theirs.name!r}"
