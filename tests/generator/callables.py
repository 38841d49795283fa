"""Functions of the program and of NumPy: what is called, and how."""

from __future__ import annotations

import functools
import math

import acting
import changing
import numpy as np
from writing import SIZES, Block, Writer

import runtime.primitives  # noqa: F401  (fills the table)
from runtime.primitives import registry


def helper(w: Writer, k: int) -> Block:
    """A function of two arguments at the top of the module, which the program may call."""
    name = f"g{k}"
    first = w.pick("vsvhmvLADONC" if acting.acting in w.kinds else "vsvhmvLADON")
    shapes = first + w.pick("vsvsO" if first in SIZES else "vs")
    result = w.pick("svs")
    outer, kept, w.names, w.returns = w.names, w.kinds, {"a": shapes[0], "b": shapes[1]}, False
    w.depth += 1
    tail: Block = []
    kind = w.chance.random()
    if kind < 0.2 and shapes[0] in SIZES:
        result, other = shapes[0], w.pick((name, name, f"{name}_other"))
        lines = ["if n == 0:", "    return a", f"return {other}({w.expression(result, 1)}, b, n - 1) * 0.9"]
        head = f"def {name}(a, b, n={w.pick('012')}):"
        if other != name:
            again = f"    return {name}({w.expression(result, 1)}, b, n - 1 if n else 0)"
            tail = ["", "", f"def {other}(a, b, n):", again]
    else:
        w.kinds = [kind for kind in w.kinds if kind.__module__ != __name__]
        lines = w.block(w.chance.randrange(3))
        if kind < 0.35 and shapes[0] == result:
            lines.append("return a")
        else:
            lines.append(f"return {w.expression(result, 2)}")
        head = f"def {name}(a, b):"
    w.depth -= 1
    w.names, w.kinds, w.returns = outer, kept, True
    w.helpers.append((name, shapes, result))
    return ["", "", head, *("    " + line for line in lines), *tail]


def called(w: Writer) -> Block:
    shape = w.pick("sv")
    made = w.call(shape)
    if made is None:
        return changing.assign(w)
    if w.chance.random() < 0.15:
        return [made]
    return [w.set(shape, made if w.chance.random() < 0.7 else f"{w.leaf(shape)} + {made}")]


def inner(w: Writer) -> Block:
    """A function defined inside, over the names around it."""
    if w.depth:
        return changing.assign(w)
    w.made += 1
    name, shape = f"l{w.made}", w.pick("sv")
    outside = w.pick([n for n, s in w.names.items() if s == "s"] or [""])
    with w.scope():
        w.names["a"] = shape
        text = w.expression(shape, 2)
        body = [changing.element(w), changing.slices(w), []][w.chance.randrange(3)] if shape == "v" else []
    kind = w.chance.random()
    if kind < 0.3:
        made = [f"{name} = lambda a: {text}"]
    elif kind < 0.5 and outside:
        step = f"{outside} = {outside} * 0.8 + {'np.sum(a)' if shape == 'v' else 'a'}"
        made = [f"def {name}(a):", f"    nonlocal {outside}", f"    {step}", f"    return {text}"]
    else:
        made = [f"def {name}(a):", *("    " + line for line in body), f"    return {text}"]
    w.helpers.append((name, shape, shape))
    return made


@functools.cache
def _calls() -> tuple[tuple[str, str], ...]:
    """Sample calls of the primitives, with `{}` for a factor near one, and what makes a number of each result."""
    found = []
    for rule in registry.rules():
        name = _name(rule.function)
        if name is None:
            continue
        for sample in registry.sample_calls(rule.function):
            made = _form(rule, name, sample)
            if made is not None:
                found.append(made)
    return tuple(found)


def _name(function: object) -> str | None:
    plain = getattr(function, "__name__", "")
    for prefix, module in (("np", np), ("np.linalg", np.linalg), ("np.fft", np.fft), ("math", math)):
        if getattr(module, plain, None) is function and not plain.startswith("_"):
            return f"{prefix}.{plain}"
    return None


def _form(rule: registry.Rule, name: str, sample: registry.Call) -> tuple[str, str] | None:
    if sample.note.startswith("edge"):
        return None
    try:
        with np.errstate(all="ignore"):
            value = rule.function(*sample.args, **sample.kwargs)
        arguments = [_literal(a, True) for a in sample.args]
        arguments += [f"{key}={_literal(a, False)}" for key, a in sample.kwargs.items()]
    except (TypeError, ValueError, IndexError, np.linalg.LinAlgError):
        return None
    shown = _shown(value)
    if shown is None or not any("{}" in a for a in arguments):
        return None
    return f"{name}({', '.join(arguments)})", shown


def _shown(value: object) -> str | None:
    """What makes a number of a result; None where it has no derivative, or no value."""
    if isinstance(value, (tuple, list)):
        floats = all(np.asarray(v).dtype.kind == "f" and np.size(v) for v in value)
        return "sum(np.sum(np.sin(part)) for part in {})" if floats and value else None
    kind = np.asarray(value).dtype.kind
    if np.size(value) == 0 or kind not in "fc":
        return None
    if kind == "c":
        return "np.sum(np.sin({0}.real) + {0}.imag)"
    return "{}" if np.ndim(value) == 0 else "np.sum(np.sin({}))"


def _literal(value: object, factor: bool) -> str:
    """A value as text; an array or number of floats is multiplied by the factor, and moved where it holds a zero."""
    if isinstance(value, np.ndarray) and value.dtype == np.float64 and value.size:
        text = f"np.array({value.tolist()})"
        moved = "({} + {{}} - 1.0)" if np.any(value == 0.0) else "{} * {{}}"
        return moved.format(text) if factor else text
    if isinstance(value, np.ndarray) and value.dtype.kind in "ib" and value.size:
        return f"np.array({value.tolist()})"
    if type(value) is float and math.isinf(value):
        return "np.inf" if value > 0.0 else "-np.inf"
    if type(value) is float and factor:
        return f"{value} * {{}}" if value else "({} - 1.0)"
    if isinstance(value, (tuple, list)):
        items = ", ".join(_literal(v, factor) for v in value)
        return f"[{items}]" if isinstance(value, list) else f"({items}{',' * (len(value) == 1)})"
    if value is None or type(value) in (bool, int, float, str):
        return repr(value)
    raise TypeError(value)


def primitive(w: Writer) -> Block:
    """A call of a primitive with its sample arguments, scaled by something active."""
    form, result = w.chance.choice(_calls())
    parts = form.split("{}")
    text = parts[0] + "".join(f"(1.0 + 0.1 * {w.leaf('s')})" + part for part in parts[1:])
    if result == "{}":
        return [w.set("s", f"{text}")]
    name = w.fresh()
    return [f"{name} = {text}", w.set("s", result.format(name))]
