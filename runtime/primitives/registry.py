"""The table of derivative rules.

A rule is an ordinary Python function on NumPy names, written once and used three ways: the source
transformer pastes its text into the emitted program, the graph engine calls it on arrays, and called on
Tensors or differentiated as source it gives the next order.

Three kinds cover everything (`z` is the result, `z_bar` its cotangent, `x_dot` a tangent):

elementwise
    `@partial(np.tan, wrt="x")` on `def tan(z, x)`: the partial derivative. Reverse is
    `unbroadcast(z_bar * partial, x)`, forward is `x_dot * partial`.
linear
    `@transpose(np.sum, wrt="a")` on `def sum(z_bar, z, a, axis=None)`: the transpose of the operation in that
    argument. Forward is the operation itself with `x_dot` in the argument's place.
general
    `@reverse(np.prod, wrt="a")` on `def prod(z_bar, z, a, axis=None)` and
    `@forward(np.prod, wrt="a")` on `def prod(a_dot, z, a, axis=None)`.

The parameters after the leading ones are the operation's own, in its own order and with its own defaults; a
call that the signature does not accept is refused. Several rules may be registered for one argument when
their signatures differ: the first one that accepts the call is used, so `def sum(z_bar, z, a)` before
`def sum(z_bar, z, a, axis=None, ...)` gives the plain form its plain text. An argument collected by
`*operands` is named `wrt="*operands"` and its rule takes the operand's position `k` before the operation's parameters.

A rule's body is assignments and one return; it calls ufuncs, kernels and operators only.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import sys
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

RuleFunction = Callable[..., Any]
KINDS = ("elementwise", "linear", "general")


class RegistrationError(TypeError):
    """A rule breaks a law of the table: registered twice, of two kinds, or with the wrong parameters."""


@dataclass
class Rule:
    """All that is known of one operation.

    `reverse` and `forward` map the name of an argument to its rule functions, most plain first. An elementwise
    operation has `partials` only; a linear one has `reverse` only.
    """

    function: Callable[..., Any]
    kind: str
    name: str
    partials: dict[str, list[RuleFunction]] = field(default_factory=dict)
    reverse: dict[str, list[RuleFunction]] = field(default_factory=dict)
    forward: dict[str, list[RuleFunction]] = field(default_factory=dict)
    view_of: str | None = None

    @property
    def active(self) -> tuple[str, ...]:
        """Names of the arguments that a derivative is known for."""
        return tuple(dict.fromkeys([*self.partials, *self.reverse, *self.forward]))


@dataclass(frozen=True)
class Call:
    """Sample arguments of an operation: positional and keyword arguments, and which arguments to differentiate."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    wrt: tuple[str, ...] | None = None
    note: str = ""


_rules: dict[Hashable, Rule] = {}
_inactive: set[Hashable] = set()
_definitions: dict[Any, RuleFunction] = {}
_samples: dict[Hashable, list[Callable[[], list[Call]]]] = {}
_methods: dict[str, Callable[..., Any]] = {}
_attributes: dict[str, Callable[..., Any]] = {}
_leading = {"elementwise": 1, "reverse": 2, "forward": 2}


def _rule_for(function: Callable[..., Any], kind: str) -> Rule:
    if function in _inactive:
        raise RegistrationError(f"{function!r} is declared inactive and cannot have a rule")
    rule = _rules.get(function)
    if rule is None:
        name = getattr(function, "__name__", type(function).__name__)
        rule = _rules[function] = Rule(function, kind, name)
    if rule.kind != kind:
        raise RegistrationError(f"{rule.name} is registered as {rule.kind}, not {kind}")
    return rule


def _parameters(text: RuleFunction, leading: int) -> tuple[str, ...]:
    """Names of a rule's parameters after the leading ones; read off its code, because imports pay for every look."""
    code = text.__code__
    starred = bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount + starred]
    if code.co_argcount < leading:
        raise RegistrationError(f"{text.__name__}: a rule of this kind takes at least {leading} leading parameters")
    return names[leading:]


def _register(table: dict[str, list[RuleFunction]], wrt: str, text: RuleFunction, leading: int) -> None:
    leading += wrt.startswith("*")
    own = _parameters(text, leading)
    if wrt.lstrip("*") not in own:
        raise RegistrationError(f"{text.__name__}: no parameter named {wrt!r} to differentiate")
    if own in [_parameters(other, leading) for other in table.get(wrt, [])]:
        raise RegistrationError(f"{text.__name__}: a rule for {wrt!r} with these parameters is already registered")
    table.setdefault(wrt, []).append(text)


def partial(function: Callable[..., Any], wrt: str) -> Callable[[RuleFunction], RuleFunction]:
    """Register the partial derivative of an elementwise operation: `text(z, *arguments)`."""

    def register(text: RuleFunction) -> RuleFunction:
        _register(_rule_for(function, "elementwise").partials, wrt, text, 1)
        return text

    return register


def transpose(function: Callable[..., Any], wrt: str) -> Callable[[RuleFunction], RuleFunction]:
    """Register the transpose of an operation linear in `wrt`: `text(z_bar, z, *arguments)`."""

    def register(text: RuleFunction) -> RuleFunction:
        _register(_rule_for(function, "linear").reverse, wrt, text, 2)
        return text

    return register


def reverse(function: Callable[..., Any], wrt: str) -> Callable[[RuleFunction], RuleFunction]:
    """Register the reverse rule of a general operation: `text(z_bar, z, *arguments)`."""

    def register(text: RuleFunction) -> RuleFunction:
        _register(_rule_for(function, "general").reverse, wrt, text, 2)
        return text

    return register


def forward(function: Callable[..., Any], wrt: str) -> Callable[[RuleFunction], RuleFunction]:
    """Register the forward rule of a general operation: `text(x_dot, z, *arguments)`."""

    def register(text: RuleFunction) -> RuleFunction:
        _register(_rule_for(function, "general").forward, wrt, text, 2)
        return text

    return register


def define(function: Callable[..., Any]) -> Callable[[RuleFunction], RuleFunction]:
    """Tell a function in terms of others: a Python function of the same signature, whose text is differentiated."""

    def register(text: RuleFunction) -> RuleFunction:
        if function in _rules or function in _inactive or function in _definitions:
            raise RegistrationError(f"{function!r} has a rule or a definition")
        _definitions[function] = text
        return text

    return register


def definition(function: Any) -> RuleFunction | None:
    """The Python function that stands for a function, or None."""
    try:
        found = _definitions.get(function)
    except TypeError:
        return None
    return _definitions.get(function) if found is None and _extended() else found


def definitions() -> Iterator[tuple[Callable[..., Any], RuleFunction]]:
    """Every function that is told in terms of others, with what stands for it."""
    return iter(tuple(_definitions.items()))


def inactive(*functions: Callable[..., Any]) -> None:
    """Declare operations whose result carries no derivative (shapes, comparisons, floor, argmax ...)."""
    for function in functions:
        if function in _rules:
            raise RegistrationError(f"{function!r} has a rule and cannot be declared inactive")
        _inactive.add(function)


def view(function: Callable[..., Any], of: str) -> None:
    """Declare that the operation's result may share memory with its argument `of`."""
    _rules[function].view_of = of


def method(name: str, function: Callable[..., Any]) -> None:
    """Declare that the array method `name` is `function` with the array as its first argument."""
    _methods[name] = function


def attribute(name: str, function: Callable[..., Any]) -> None:
    """Declare that reading the array attribute `name` is `function` of the array."""
    _attributes[name] = function


def samples(function: Callable[..., Any], rows: Callable[[], list[Call]]) -> None:
    """Put sample calls beside a rule; `rows` is called by the tests only."""
    _samples.setdefault(function, []).append(rows)


def call(*args: Any, wrt: tuple[str, ...] | None = None, note: str = "", **kwargs: Any) -> Call:
    """One sample call."""
    return Call(args, kwargs, wrt, note)


def lookup(function: Any) -> Rule | None:
    """The rule of an operation, or None."""
    try:
        found = _rules.get(function)
    except TypeError:
        return None
    return _rules.get(function) if found is None and _extended() else found


def is_inactive(function: Any) -> bool:
    """Whether the operation is declared to carry no derivative."""
    try:
        return function in _inactive or _extended() and function in _inactive
    except TypeError:
        return False


def lookup_method(name: str) -> Callable[..., Any] | None:
    """The function behind an array method, or None."""
    return _methods.get(name)


def lookup_attribute(name: str) -> Callable[..., Any] | None:
    """The function behind an array attribute, or None."""
    return _attributes.get(name)


def rules() -> Iterator[Rule]:
    """Every rule of the table."""
    return iter(tuple(_rules.values()))


def sample_calls(function: Callable[..., Any]) -> list[Call]:
    """The sample calls beside a rule, made afresh."""
    return [row for rows in _samples.get(function, []) for row in rows()]


# Libraries that have rules of their own here, and where; the rules are loaded once the library is.
_EXTENSIONS = {
    "scipy.linalg": (
        "runtime.primitives.scipy_matrices",
        "runtime.definitions.scipy_systems",
        "runtime.definitions.scipy_matrices",
    ),
    "scipy.special": (
        "runtime.primitives.scipy_special",
        "runtime.primitives.scipy_bessel",
        "runtime.primitives.scipy_counting",
        "runtime.primitives.scipy_distributions",
        "runtime.primitives.scipy_elementary",
        "runtime.primitives.scipy_polynomials",
        "runtime.definitions.scipy_softmax",
    ),
}


def _extended() -> bool:
    """Load the rules of a library that has been imported since; whether any were."""
    ready = [library for library in _EXTENSIONS if library in sys.modules]
    for library in ready:
        for module in _EXTENSIONS.pop(library):
            importlib.import_module(module)
    return bool(ready)


def select(
    texts: list[RuleFunction], leading: int, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> RuleFunction | None:
    """The first rule function whose signature accepts the call; `leading` counts its own first parameters."""
    for text in texts:
        if accepts(text, leading, args, kwargs):
            return text
    return None


def accepts(text: RuleFunction, leading: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Whether a rule function's signature, less its leading parameters, accepts the call."""
    return bind(text, leading, args, kwargs) is not None


def bind(text: RuleFunction, leading: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any] | None:
    """Arguments of the call by the rule function's parameter names, or None where they do not fit.

    Parameters the call leaves out are absent; a `*name` parameter is bound to a tuple.
    """
    form = _form(text, leading, len(args), tuple(kwargs))
    if form is None:
        return None
    given: dict[Any, Any] = {**dict(enumerate(args)), **kwargs}
    return {name: _taken(place, given) for name, place in form.items()}


@functools.cache
def _form(text: Any, leading: int, count: int, keywords: tuple[str, ...]) -> dict[str, Any] | None:
    """Where the parameters of a rule function find their arguments in a call: by position or keyword, or several."""
    signature = inspect.signature(text)
    try:
        bound = signature.bind(*([None] * leading), *range(count), **{name: name for name in keywords})
    except TypeError:
        return None
    names = list(signature.parameters)[leading:]
    return {name: bound.arguments[name] for name in names if name in bound.arguments}


def _taken(place: Any, given: dict[Any, Any]) -> Any:
    if isinstance(place, tuple):
        return tuple([given[k] for k in place])
    return {name: given[name] for name in place} if isinstance(place, dict) else given[place]
