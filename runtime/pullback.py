"""Rules of the table compiled into one function for a form of call: the cotangents of all inputs at once.

An elementwise rule's text is written into the function, times the cotangent; other rules are called. What is compiled
is the table's own text, so a rule stays written once, and the numbers are those of the rule called by itself up to
rounding: `g * (1.0 / y)` becomes `g / y`.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from runtime.direct import direct
from runtime.kernels.cotangent import unbroadcast
from runtime.plan import Part, Plan
from runtime.reads import VALUE
from runtime.writing import written


class Form(NamedTuple):
    """One form of call: which function, with how many positional arguments and which keywords, and its plan."""

    function: Callable[..., Any]
    positional: int
    keywords: tuple[str, ...]
    plan: Plan

    def slots(self) -> tuple[int | str, ...]:
        """Every argument by position or name."""
        return (*range(self.positional), *self.keywords)


class Pullback(NamedTuple):
    """`pull(node, g)` gives pairs of the inputs' nodes, `node.s0 ...`, and their cotangents.

    `spend(node, g, owned, values, add)` hands one such pair back and the others over to the walk, and drops what the
    node kept. `layout` says which arguments, and the result, are in `node.k0 ...`.
    """

    pull: Callable[[Any, Any], Any]
    spend: Callable[[Any, Any, Any, Any, Any], Any]
    layout: tuple[int | str, ...]


# Stands in a node where a kept value was dropped.
FREED = type("Freed", (), {"__slots__": (), "__repr__": lambda self: "<freed>"})()


def maker(
    form: Form,
    layout: tuple[int | str, ...],
    kind: type,
    tick: Callable[[], int],
    stand_in: Callable[[Any], Any] | None = None,
    blank: Callable[[Any, Any], Any] | None = None,
) -> Callable[..., Any]:
    """The constructor of nodes of the class `kind`, written out for the form.

    It takes the arguments, the result, and the nodes of the tracked inputs in the order of the plan's parts; of the
    arguments and the result it keeps what `layout` names. They must be as the node is to keep them, unless
    `stand_in(value)` and `blank(shape, dtype)` are given: then they may be whole arrays, of which the rules read the
    shape only.
    """
    names = {slot: f"a{k}" for k, slot in enumerate(form.slots())} | {RESULT: "z"}
    kept = dict(names)
    if stand_in is not None:
        tracked = {part.slot for part in form.plan.parts}
        for slot, name in names.items():
            how = form.plan.result if slot == RESULT else form.plan.reads.get(slot)
            if how != VALUE:
                if slot == RESULT and how is None:
                    kept[slot] = "None"
                    continue
                whole = slot in tracked or slot == RESULT
                kept[slot] = f"blank({name}.shape, {name}.dtype)" if whole else f"stand_in({name})"
    sources = [f"s{k}" for k in range(len(form.plan.parts))]
    lines = [
        "node = kind()",
        "node.serial = tick()",
        "node.hooks = None",
        *[f"node.{name} = {name}" for name in sources],
        *[f"node.k{k} = {kept[slot]}" for k, slot in enumerate(layout)],
        "return node",
    ]
    scope = {"kind": kind, "tick": tick, "stand_in": stand_in, "blank": blank}
    return written("make", form.function, [*names.values(), *sources], lines, scope)


RESULT = "result"


def keeps_both(form: Form) -> bool:
    """Whether the rules of a function of two operands read the values of both, so that shapes may be compared later."""
    reads = form.plan.reads
    return form.positional == 2 and not form.keywords and reads.get(0) == reads.get(1) == VALUE


def even_pullback(form: Form, helpers: dict[str, Any], lazy: bool) -> Pullback | None:
    """For elementwise rules where no operand is stretched and all are of one dtype: nothing to sum, little to check.

    None where the rules are of another kind, or read more than the values of the operands. With `lazy` both operands
    are kept arrays, and whether one was stretched is found out here. `helpers` are as in `full_pullback`.
    """
    parts = form.plan.parts
    if form.keywords or any(part.kind != "partial" for part in parts):
        return None
    layout = [slot for slot in form.slots() if form.plan.reads.get(slot) == VALUE]
    names = {slot: f"a{slot}" for slot in layout}
    writer = _Writer(helpers | {"FREED": FREED, "times_truth": _times_truth})
    reads_result = form.plan.result == VALUE
    entries: list[int | str] = [*layout, RESULT] if reads_result else list(layout)
    variables = [*[names[slot] for slot in layout], "z"] if reads_result else [names[slot] for slot in layout]
    taken = _unpacking(variables, variables)
    lines: list[str] = []
    arrays = {names[part.slot] for part in parts if part.slot in names} | ({"z"} if reads_result else set())
    results = []
    bars = [writer.product(part, names, form.positional) for part in parts]
    products = [bar for bar in bars if bar is not None]
    if len(products) < len(parts):
        return None
    shared = _shared_quotient(products)
    if shared is not None:
        lines.append(f"q = {shared}")
        products = [_Sharer(shared, "q").visit(bar) for bar in products]
    for k, bar in enumerate(products):
        if _keeps_dtype(bar, arrays | {"g", "q"}):
            results.append(ast.unparse(bar))
        else:
            lines += [f"b{k} = {ast.unparse(bar)}", f"if b{k}.dtype is not g.dtype or b{k}.shape != g.shape:"]
            lines.append(f"    b{k} = fitted(b{k}, g, self)")
            results.append(f"b{k}")
    dropped = _dropping(variables, variables)
    return _both_ways(form, taken, dropped, lines, results, writer.names, tuple(entries), lazy)


def _keeps_dtype(text: ast.expr, arrays: set[str]) -> bool:
    """Whether the text is arithmetic that surely keeps shape and dtype: a number alone makes no array of its own."""
    for node in ast.walk(text):
        if isinstance(node, ast.Call):
            within = {inner.id for argument in node.args for inner in ast.walk(argument) if isinstance(inner, ast.Name)}
            known = isinstance(node.func, ast.Attribute) or _is_times_truth(node)
            if not known or not within & arrays:
                return False
    return True


def _is_times_truth(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "times_truth"


def full_pullback(form: Form, helpers: dict[str, Any]) -> Pullback:
    """For any rules. `saved` has every argument and the result.

    `helpers` has `fitted(bar, x, node)`, which mends what does not fit `x`, and `verify(node)` and `clock`, by which a
    node finds that what it kept is gone or was changed; `at(index, g, x)` is a cotangent that is zero elsewhere;
    `UNSPENT` is the answer of a node with hooks.
    """
    names = {slot: f"a{k}" for k, slot in enumerate(form.slots())}
    writer = _Writer(
        helpers | {"FREED": FREED, "unbroadcast": unbroadcast, "times_truth": _times_truth, "ndarray": np.ndarray}
    )
    values = [name for slot, name in names.items() if form.plan.reads.get(slot) == VALUE]
    values = [*values, "z"] if form.plan.result == VALUE else values
    variables = [*names.values(), "z"]
    lines: list[str] = []
    results = []
    for k, part in enumerate(form.plan.parts):
        x = names[part.slot]
        if part.kind == "index":
            results.append(f"at({names[1]}, g, {x})")
            continue
        product = writer.product(part, names, form.positional) if part.kind == "partial" and not form.keywords else None
        if product is not None:
            lines.append(f"b{k} = unbroadcast({ast.unparse(product)}, {x})")
        else:
            called = _called(part, form, names, writer.known(direct(part.rule)))
            lines.append(f"b{k} = unbroadcast(g * {called}, {x})" if part.kind == "partial" else f"b{k} = {called}")
        if part.kind == "partial":
            # What `unbroadcast` gives has the shape and dtype of `x`, but may be a number.
            lines.append(f"if type(b{k}) is not ndarray:")
        else:
            lines.append(f"if type(b{k}) is not ndarray or b{k}.shape != {x}.shape or b{k}.dtype is not {x}.dtype:")
        lines.append(f"    b{k} = fitted(b{k}, {x}, self)")
        results.append(f"b{k}")
    taken, dropped = _unpacking(variables, values), _dropping(variables, values)
    return _both_ways(form, taken, dropped, lines, results, writer.names, (*form.slots(), RESULT))


def _called(part: Part, form: Form, names: dict[int | str, str], rule: str) -> str:
    leading = ["z"] if part.kind == "partial" else ["g", "z"]
    if part.operand is not None:
        leading.append(str(part.operand))
    positional = [names[slot] for slot in range(form.positional)]
    keywords = [f"{name}={names[name]}" for name in form.keywords]
    return f"{rule}({', '.join([*leading, *positional, *keywords])})"


def _unpacking(variables: list[str], values: list[str]) -> list[str]:
    """Every pullback begins so: of what was kept, the `values` must still be there, and as they were."""
    if not variables:
        return []
    lines = [f"{name} = self.k{k}" for k, name in enumerate(variables)]
    freed = [f"{name} is FREED" for name in values]
    return [*lines, f"if {' or '.join([*freed, 'clock.last_write < self.serial'])}:", "    verify(self)"]


def _dropping(variables: list[str], values: list[str]) -> list[str]:
    """The statements by which a node forgets the `values` that it kept."""
    return [f"self.k{k} = FREED" for k, name in enumerate(variables) if name in values]


def _both_ways(
    form: Form,
    taken: list[str],
    dropped: list[str],
    lines: list[str],
    results: list[str],
    names: dict[str, Any],
    layout: tuple[int | str, ...],
    lazy: bool = False,
) -> Pullback:
    """`pull` and `spend`: `lines` compute, `results` are the cotangents' texts in the order of the plan's parts."""
    stretched = "a0.shape != a1.shape"
    pairs = _tuple([f"(self.s{k}, {bar})" for k, bar in enumerate(results)])
    guard = [f"if {stretched}:", "    return self.stretched(g)"] if lazy else []
    pull = written("pull", form.function, ["self", "g"], [*taken, *guard, *lines, f"return {pairs}"], names)
    guard = [f"if {stretched}:", "    return self.stretched_for(g, add)"] if lazy else []
    ending = [line for k, bar in enumerate(results) if k for line in _handed_over(k, bar)]
    scope = names | {"plus": np.add, "minus": np.subtract}
    waits = ["if self.hooks is not None:", "    return UNSPENT"]
    spending = [*waits, *taken, *guard, *dropped, *lines, *ending, f"return self.s0, {results[0]}"]
    spend = written("spend", form.function, ["self", "g", "owned", "values", "add"], spending, scope)
    return Pullback(pull, spend, layout)


def _handed_over(k: int, bar: str) -> list[str]:
    """The statements by which the walk gets a cotangent: added in place to one that nobody else holds, or else `add`.

    They are what `add` does, for the common case, and save its call. A cotangent with a minus is taken off.
    """
    if bar.startswith("at("):
        return [f"add(self.s{k}, {bar})"]
    text = ast.parse(bar, mode="eval").body
    taken_off = isinstance(text, ast.UnaryOp) and isinstance(text.op, ast.USub)
    size = ast.unparse(text.operand) if isinstance(text, ast.UnaryOp) and taken_off else bar
    named = size if size.isidentifier() else f"b{k}"
    return [
        *([] if named == size else [f"{named} = {size}"]),
        f"source = self.s{k}",
        "key = source.serial",
        f"if key in owned and {named} is not None:",
        "    mine = values[key]",
        f"    {'minus' if taken_off else 'plus'}(mine, {named}, mine)",
        "else:",
        f"    add(source, {'-' if taken_off else ''}{named})",
    ]


def _tuple(parts: list[str]) -> str:
    return f"({', '.join(parts)},)" if parts else "()"


class _Writer:
    """Writes the texts of rules, and collects the names that they need."""

    def __init__(self, names: dict[str, Any]) -> None:
        self.names = dict(names)

    def known(self, value: Any) -> str:
        """A name for a value in the compiled function."""
        for name, other in self.names.items():
            if other is value:
                return name
        name = f"f{len(self.names)}"
        self.names[name] = value
        return name

    def product(self, part: Part, arguments: dict[int | str, str], count: int) -> ast.expr | None:
        """The cotangent times a rule's text over the given names; None where the text reads something else."""
        rule = part.rule
        try:
            definition = ast.parse(textwrap.dedent(inspect.getsource(rule))).body[0]
        except (OSError, TypeError, SyntaxError):
            return None
        if not isinstance(definition, ast.FunctionDef) or definition.args.vararg or definition.args.kwonlyargs:
            return None
        parameters = [argument.arg for argument in definition.args.args]
        given = {"z": "z"} | {name: arguments[k] for k, name in enumerate(parameters[1:]) if k in arguments}
        given[parameters[0]] = "z"
        body = [statement for statement in definition.body if not isinstance(statement, ast.Expr)]
        if len(body) != 1 or not isinstance(body[0], ast.Return) or body[0].value is None:
            return None
        renamer = _Renamer(rule, given, set(parameters), self)
        text = renamer.visit(body[0].value)
        return None if renamer.failed else _times_g(text)


class _Renamer(ast.NodeTransformer):
    """A rule's names as those of the compiled function."""

    def __init__(self, rule: Any, given: dict[str, str], parameters: set[str], writer: _Writer) -> None:
        self.failed = False
        self._rule = rule
        self._given = given
        self._parameters = parameters
        self._writer = writer

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self._given:
            return ast.Name(self._given[node.id], ast.Load())
        if node.id in self._parameters or node.id not in self._rule.__globals__:
            self.failed = True
            return node
        return ast.Name(self._writer.known(self._rule.__globals__[node.id]), ast.Load())


_G = ast.Name("g", ast.Load())


def _times_g(text: ast.expr) -> ast.expr:
    """`g * text`, without products by one, and with quotients first: `g / y` stands in more than one of the rules."""
    if isinstance(text, ast.Constant) and text.value == 1.0:
        return _G
    if isinstance(text, ast.UnaryOp) and isinstance(text.op, ast.USub):
        return ast.UnaryOp(ast.USub(), _times_g(text.operand))
    if isinstance(text, ast.BinOp) and isinstance(text.op, ast.Div):
        return _times(ast.BinOp(_G, ast.Div(), text.right), text.left)
    if isinstance(text, ast.Call) and isinstance(text.func, ast.Attribute) and text.func.attr in _COMPARISONS:
        return ast.Call(ast.Name("times_truth", ast.Load()), [text, _G], [])
    return ast.BinOp(_G, ast.Mult(), text)


_COMPARISONS = frozenset({"greater", "greater_equal", "less", "less_equal", "equal", "not_equal"})


def _times_truth(truth: Any, g: Any) -> Any:
    """`g * truth`. In the type of `g`, because NumPy is slow to multiply numbers with truth values."""
    factor = truth.astype(g.dtype)
    factor *= g
    return factor


def _times(g: ast.expr, factor: ast.expr) -> ast.expr:
    if isinstance(factor, ast.Constant) and factor.value == 1.0:
        return g
    if isinstance(factor, ast.UnaryOp) and isinstance(factor.op, ast.USub):
        return ast.UnaryOp(ast.USub(), _times(g, factor.operand))
    return ast.BinOp(g, ast.Mult(), factor)


def _shared_quotient(bars: list[ast.expr]) -> str | None:
    """The text of a quotient of `g` that stands in all of several cotangents."""
    found = [
        {ast.unparse(node) for node in ast.walk(bar) if isinstance(node, ast.BinOp) and node.left is _G} for bar in bars
    ]
    common = set.intersection(*found) if len(found) > 1 else set()
    return next((text for text in sorted(common) if " / " in text), None)


class _Sharer(ast.NodeTransformer):
    """Puts a name in the place of an expression."""

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        if ast.unparse(node) == self._text:
            return ast.Name(self._name, ast.Load())
        self.generic_visit(node)
        return node
