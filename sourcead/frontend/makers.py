"""Functions that calls make: those that a user's function returns, marks give, and caches are put around."""

from __future__ import annotations

import functools
from typing import Any

import gast

from runtime.computing import is_reading, only_computes
from runtime.kernels import put_whole
from sourcead.errors import NoEmittedForm, SourceADError
from sourcead.frontend.again import Again
from sourcead.frontend.callees import is_user_function, touched
from sourcead.frontend.implicit import stateful
from sourcead.frontend.names import MISSING, Closure, Frame, own_names
from sourcead.frontend.source import find
from sourcead.frontend.syntax import load, walk, walk_own


def closure_body(closure: Closure) -> list[gast.AST]:
    """The statements of a function defined inside; a lambda returns its expression."""
    body = closure.node.body
    return body if isinstance(body, list) else [gast.Return(value=body)]


class Makers(Again):
    """Lowering of calls that make functions."""

    def made_by_mark(self, node: gast.AST, frame: Frame) -> Any:
        """The function that `checkpoint(f)` or `grad(f, 1)` gives, where `f` is known; None for anything else."""
        if not isinstance(node, gast.Call) or not node.args:
            return None
        mark, given = self.static(node.func, frame), self.static(node.args[0], frame)
        if not getattr(mark, "marks_functions", False) or not callable(given):
            return None
        positional = [_written_out(option) for option in node.args[1:]]
        named = {k.arg: _written_out(k.value) for k in node.keywords}
        if None in named or any(value is MISSING for value in [*positional, *named.values()]):
            return None
        try:
            return mark(given, *positional, **named)
        except SourceADError as error:
            error.origin = error.origin or self.origin
            raise

    def bound_mark(self, made: Any) -> gast.AST:
        """A name for such a function."""
        return load(self.namespace.bind(made.__name__ if made.__name__.isidentifier() else "function", made))

    def made_function(self, node: gast.AST, frame: Frame) -> Closure | None:
        """The function that a call of a user's function returns, when it is one defined inside."""
        cached = self._cached(node, frame)
        if cached is not None:
            return self.uncached(cached, frame)
        maker = self.maker(node, frame)
        if maker is None:
            return None
        node = self.written_out(node, frame)
        return self._returned(closure_body(maker), self.enter(self.defined(maker), node, frame, lasting=True))

    def makes_function(self, node: gast.AST, frame: Frame) -> bool:
        """Whether an expression is a call of a user's function that returns one defined inside, or several."""
        called = self._text_of(node, frame)
        returns = (
            [] if called is None else [n.value for n in walk_own(closure_body(called)) if isinstance(n, gast.Return)]
        )
        defined = set() if called is None else {n.name for n in closure_body(called) if isinstance(n, gast.FunctionDef)}
        return any(_gives_function(value, defined) for value in returns if value is not None)

    def _cached(self, node: gast.AST, frame: Frame) -> Closure | None:
        """The function defined inside that `functools.cache(f)` or `functools.lru_cache(n)(f)` is made of."""
        if not isinstance(node, gast.Call) or len(node.args) != 1 or node.keywords:
            return None
        mark = node.func.func if isinstance(node.func, gast.Call) else node.func
        caches = any(self.static(mark, frame) is known for known in (functools.cache, functools.lru_cache))
        return self.closure(node.args[0], frame) if caches else None

    def uncached(self, closure: Closure, frame: Frame) -> Closure:
        """A function defined inside without the cache around it, where that does nothing but save time."""
        if not self._computes(closure, frame, ()):
            raise self.refuse(
                "a function whose results are cached does more than to compute", "Leave the cache out.", NoEmittedForm
            )
        return self.defined(closure)

    def _computes(self, closure: Closure, frame: Frame, seen: tuple[gast.AST, ...]) -> bool:
        """Whether it does not matter how often a function defined inside runs, as far as its text can show."""
        body = closure_body(closure)
        own = own_names(closure.node)
        changed = {name for n in walk(body) for name in touched(n, lambda n: self.static(n, frame))} - own
        if changed or any(isinstance(n, (gast.Global, gast.Nonlocal, gast.With, gast.Import)) for n in walk(body)):
            return False
        outer = [n for n in walk(body) if isinstance(n, gast.Name) and n.id not in own]
        kinds = [known.kind for known in (self.known_class(n, frame) for n in outer) if known is not None]
        if any(stateful(kind) for kind in kinds):
            return False
        return all(self._call_computes(n, frame, (*seen, closure.node)) for n in walk(body) if isinstance(n, gast.Call))

    def _call_computes(self, node: gast.Call, frame: Frame, seen: tuple[gast.AST, ...]) -> bool:
        closure = self.closure(node.func, frame)
        if closure is not None:
            return closure.node in seen or self._computes(closure, frame, seen)
        function = self.static(node.func, frame)
        if function is not MISSING:
            return only_computes(function)
        if isinstance(node.func, gast.Name):
            return any(node.func.id == getattr(each, "name", None) for each in seen)
        return isinstance(node.func, gast.Attribute) and is_reading(node.func.attr)

    def maker(self, node: gast.AST, frame: Frame) -> Closure | None:
        """The user's function that a call is of, when it returns one defined inside."""
        maker = self._text_of(node, frame)
        return None if maker is None or _returned_function(closure_body(maker)) is None else maker

    def _text_of(self, node: gast.AST, frame: Frame) -> Closure | None:
        """The user's function that a call is of; None for all others."""
        if not isinstance(node, gast.Call) or self.static(node.func, frame) is put_whole:
            return None
        closure, function = self.closure(node.func, frame), self.static(node.func, frame)
        if closure is not None or not is_user_function(function):
            return closure
        source = find(function)
        return Closure(source.tree, None, source)

    def _returned(self, body: list[gast.AST], frame: Frame) -> Closure | None:
        last = _returned_function(body)
        if last is None:
            return None
        self.statements(body[:-1], frame)
        closure = self.closure(last, frame)
        return closure and self.defined(closure)

    def statements(self, body: list[gast.AST], frame: Frame) -> None:
        """Lower statements into the current block."""
        raise NotImplementedError


def _returned_function(body: list[gast.AST]) -> gast.AST | None:
    """The function defined inside that a body ends by returning."""
    last = body[-1]
    if not isinstance(last, gast.Return) or last.value is None:
        return None
    defined = {s.name for s in body if isinstance(s, gast.FunctionDef)}
    named = isinstance(last.value, gast.Name) and last.value.id in defined
    return last.value if named or isinstance(last.value, gast.Lambda) else None


def _gives_function(value: gast.AST, defined: set[str]) -> bool:
    """Whether a returned expression is one of the functions defined inside, or a display of some."""
    if isinstance(value, (gast.Tuple, gast.List)):
        return any(_gives_function(element, defined) for element in value.elts)
    if isinstance(value, gast.Dict):
        return any(_gives_function(element, defined) for element in value.values)
    return isinstance(value, gast.Lambda) or isinstance(value, gast.Name) and value.id in defined


def _written_out(node: gast.AST) -> Any:
    """The value of a constant, or of a tuple of them; MISSING for all else."""
    if isinstance(node, gast.Tuple):
        parts = [_written_out(element) for element in node.elts]
        return MISSING if any(part is MISSING for part in parts) else tuple(parts)
    return node.value if isinstance(node, gast.Constant) else MISSING
