"""Expressions into core form: one active operation a statement, inactive expressions whole."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import gast

from runtime.kernels import require_count, require_key
from runtime.kernels.arrays import has_own_arithmetic, own_arithmetic
from runtime.primitives.registry import lookup_attribute
from sourcead.errors import NoEmittedForm, Refused
from sourcead.frontend.hoisting import Hoisting
from sourcead.frontend.names import MISSING, Frame
from sourcead.frontend.syntax import (
    COMPREHENSIONS,
    assign,
    call,
    clone,
    const,
    load,
    negate,
    pack,
    store,
    subscript,
    walk,
)

CHEAP_CALLS = {len, range, isinstance, type, int, float, abs, min, max, slice, bool, str}


_NAMED = {gast.Set: "a set", gast.SetComp: "a set comprehension", gast.Starred: "`*` of unknown length"}


class Expressions(Hoisting):
    """Lowering of expressions.

    `value` gives one core operation or an inactive expression; `atom` gives a name or an inactive expression.
    """

    def value(self, node: gast.AST, frame: Frame) -> gast.AST:
        """A user's expression as the right-hand side of a core assignment; what must come first is emitted."""
        if not self.active(node, frame):
            return self.inert(node, frame)
        return self.form(node, frame)

    def form(self, node: gast.AST, frame: Frame) -> gast.AST:
        """An expression taken apart, whether it carries a derivative or not."""
        if not isinstance(node, (gast.Call, gast.Name)):
            spelled = self.spelled(node, frame)
            if spelled is not None:
                return self.call(self.checked(spelled, frame), frame)
        for kind, lower in self._forms():
            if isinstance(node, kind):
                return lower(node, frame)
        raise self.refuse(
            f"{_NAMED.get(type(node), f'`{type(node).__name__}` expression')} with active values",
            "Compute the value in plain statements.",
            NoEmittedForm,
        )

    def _forms(self):
        return (
            (gast.Name, self._name),
            (gast.BinOp, self._binary),
            (gast.UnaryOp, self._unary),
            (gast.Call, self.call),
            (gast.Subscript, self._path),
            (gast.Attribute, self._path),
            ((gast.Tuple, gast.List, gast.Dict), self._display),
            (gast.IfExp, self._choice),
            (gast.BoolOp, self._short_circuit),
            (gast.NamedExpr, self._walrus),
            (gast.ListComp, self._list),
            (gast.GeneratorExp, self._generator),
            (gast.DictComp, self._dict),
        )

    def call(self, node: gast.Call, frame: Frame) -> gast.AST:
        """A call with active arguments."""
        raise NotImplementedError

    def comprehension(self, node: gast.AST, frame: Frame, body: Callable[[Frame], None]) -> None:
        """The loops of a comprehension around what `body(frame)` emits."""
        raise NotImplementedError

    def atom(self, node: gast.AST, frame: Frame) -> gast.AST:
        """A user's expression as an operand: a variable, or an inactive expression that may be read again."""
        value = self.value(node, frame)
        return (
            value
            if isinstance(value, (gast.Name, gast.Constant)) or self._settled(node, value, frame)
            else self.name(value)
        )

    def _settled(self, node: gast.AST, value: gast.AST, frame: Frame) -> bool:
        if self.active(node, frame) and not isinstance(value, gast.Name):
            return False
        for inner in walk(value):
            if isinstance(inner, gast.Call) and self._called(inner) not in CHEAP_CALLS:
                return False
            if isinstance(inner, (*COMPREHENSIONS, gast.Lambda, gast.Dict, gast.List, gast.Set)):
                return False
        return True

    def _called(self, node: gast.Call) -> object:
        found = self.namespace.value(node.func.id) if isinstance(node.func, gast.Name) else MISSING
        return found if callable(found) and isinstance(found, Hashable) else MISSING

    def atoms(self, nodes: list[gast.AST], frame: Frame) -> list[gast.AST]:
        """Operands, evaluated from left to right."""
        made: list[gast.AST] = []
        for k, node in enumerate(nodes):
            operand = self.atom(node, frame)
            if self.moved_by(operand, nodes[k + 1 :], frame):
                operand = self.name(operand)
            made.append(operand)
        return made

    def _name(self, node: gast.Name, frame: Frame) -> gast.AST:
        return self.reference(node.id, frame)

    def _binary(self, node: gast.BinOp, frame: Frame) -> gast.AST:
        if isinstance(node.op, (gast.Add, gast.Mult)):
            joined = self._joined(node, frame)
            if joined is not None:
                return joined
        if isinstance(node.op, gast.BitOr):
            return self.united(node, frame)
        for kind in (type(self.static(side, frame)) for side in (node.left, node.right)):
            if has_own_arithmetic(kind) and not isinstance(node.op, gast.MatMult):
                foreign = own_arithmetic(kind)
                raise self.refuse(foreign.fact, foreign.cure, Refused)
        left, right = self.atoms([node.left, node.right], frame)
        return gast.BinOp(left=left, op=node.op, right=right)

    def merged(self, parts: list[tuple[gast.AST | None, gast.AST]], frame: Frame) -> gast.AST:
        """A new dict of entries and whole dicts, later ones over earlier ones."""
        raise NotImplementedError

    def united(self, node: gast.BinOp, frame: Frame) -> gast.AST:
        """`d | e` on dicts."""
        raise NotImplementedError

    def _joined(self, node: gast.BinOp, frame: Frame) -> gast.AST | None:
        """`xs + ys` and `xs * n` on lists and tuples: built step by step. None where both sides may be arrays."""
        left, right = self.kind(node.left, frame), self.kind(node.right, frame)
        if left is None and right is None:
            return None
        if isinstance(node.op, gast.Add) and left != right:
            raise self.refuse(
                f"a {left or right} is added to something that may be a {left or right} or an array",
                "Make both lists with list(...), or both arrays with np.array(...).",
            )
        made = self.name(gast.List(elts=[], ctx=gast.Load()), "items")
        if isinstance(node.op, gast.Add):
            self._extend(made, node.left, frame)
            self._extend(made, node.right, frame)
        else:
            repeated, times = (node.left, node.right) if left else (node.right, node.left)
            if self.active(times, frame):
                raise self.refuse(f"a {left or right} is multiplied by an array", "Make it an array: np.array(...).")
            base = self.atom(repeated, frame)
            held = self.stand_in(base if isinstance(base, gast.Name) else self.name(base), frame, True)
            count = self.index(times, frame)
            if not isinstance(count, (gast.Constant, gast.Call)):
                self.emit(gast.Expr(value=call(self.namespace.bind("require_count", require_count), clone(count))))
            bounds = call("range", count)
            with self.inside() as block:
                self._extend(made, held, frame)
            self.emit(gast.For(target=store(self.fresh("k")), iter=bounds, body=block, orelse=[], type_comment=None))
        return made if (left or right) == "list" else call("tuple", made)

    def _extend(self, made: gast.Name, node: gast.AST, frame: Frame) -> None:
        """Append the elements of an iterable."""
        if isinstance(node, (gast.List, gast.Tuple)) and not any(isinstance(e, gast.Starred) for e in node.elts):
            for item in self.atoms(node.elts, frame):
                self._append(made, item)
        else:
            self.each(node, frame, lambda item: self._append(made, item))

    def _unary(self, node: gast.UnaryOp, frame: Frame) -> gast.AST:
        return gast.UnaryOp(op=node.op, operand=self.atom(node.operand, frame))

    def _path(self, node: gast.AST, frame: Frame) -> gast.AST:
        """`base[i].b[j]`: the whole path when each step is sure to look inside, else step by step."""
        if isinstance(node, gast.Subscript) and not self.active(node.value, frame):
            joined = self.put_together(node, frame)
            if joined is not None:
                return self.value(joined, frame)
            raise self.refuse(
                "an object that computes with its index, of a class that has no source here",
                "Write the computation out.",
                NoEmittedForm,
            )
        steps: list[gast.AST] = []
        while isinstance(node, (gast.Subscript, gast.Attribute)) and self.active(node.value, frame):
            if steps and self.spelled(node, frame) is not None:
                break
            if isinstance(node, gast.Attribute) and node.attr == "__dict__":
                raise self.refuse("the fields of an object are taken as a dict", "Name each field: `obj.field`.")
            steps.append(node)
            node = node.value
        base = self.atom(node, frame)
        for k, step in enumerate(reversed(steps)):
            if k and not self._inside(base) or not isinstance(base, gast.Name) and _is_operation(step):
                base = self.name(base)
            base = self._step(base, step, frame)
        return base

    def _step(self, base: gast.AST, step: gast.AST, frame: Frame) -> gast.AST:
        if isinstance(step, gast.Attribute):
            if self.closure(step, frame) is not None:
                raise self.refuse(f"the method `{step.attr}` as a value", "Call it in its place.", NoEmittedForm)
            if self.known_class(step.value, frame) is not None:
                self.fields.add(step.attr)
            return gast.Attribute(value=base, attr=step.attr, ctx=gast.Load())
        return subscript(base, self.index(step.slice, frame))

    def _inside(self, path: gast.AST) -> bool:
        """Whether a path leads into what its variable holds; a slice does not where that is a list, which it copies."""
        return isinstance(path, gast.Subscript) and is_basic(path.slice, self.integers) and not is_slice(path)

    def index(self, node: gast.AST, frame: Frame) -> gast.AST:
        """The index of a subscript: inactive, and the same when it is read again."""
        if isinstance(node, gast.Tuple):
            return pack([self.index(e, frame) for e in node.elts])
        if isinstance(node, gast.Slice):
            parts = [p and self.index(p, frame) for p in (node.lower, node.upper, node.step)]
            return gast.Slice(lower=parts[0], upper=parts[1], step=parts[2])
        value = self.inert(node, frame)
        asked = any(isinstance(n, (gast.Compare, gast.BoolOp)) for n in walk(value))
        return value if not asked and self._settled(node, value, frame) else self.name(value, "k")

    def is_key(self, node: gast.AST, frame: Frame) -> bool:
        """Whether an expression is sure to be a key of a dict."""
        raise NotImplementedError

    def key(self, node: gast.AST, frame: Frame) -> gast.AST:
        """The key of an entry of a dict, from which it can be read again as a value."""
        if not self.active(node, frame) or self.is_key(node, frame):
            return self.index(node, frame)
        if any(isinstance(n, (gast.BinOp, gast.UnaryOp, gast.Call)) for n in walk(node)):
            raise self.refuse(
                "a key of a dict that carries a derivative", "Keep the values in a list beside the dict.", NoEmittedForm
            )
        return self.name(call(self.namespace.bind("require_key", require_key), self.inert(node, frame)), "key")

    def _display(self, node: gast.AST, frame: Frame) -> gast.AST:
        if isinstance(node, gast.Dict):
            if any(k is None for k in node.keys):
                return self.merged(list(zip(node.keys, node.values)), frame)
            keys = [self.key(k, frame) for k in node.keys]
            return gast.Dict(keys=keys, values=self.atoms(node.values, frame))
        if any(isinstance(e, gast.Starred) for e in node.elts):
            return self._spread(node, frame)
        return type(node)(elts=self.atoms(node.elts, frame), ctx=gast.Load())

    def _spread(self, node: gast.AST, frame: Frame) -> gast.AST:
        """`[*a, b]`: a list built step by step."""
        made = self.name(gast.List(elts=[], ctx=gast.Load()), "items")
        for element in node.elts:
            if isinstance(element, gast.Starred):
                self.each(element.value, frame, lambda item: self._append(made, item))
            else:
                self._append(made, self.atom(element, frame))
        return made if isinstance(node, gast.List) else call("tuple", made)

    def each(self, node: gast.AST, frame: Frame, body: Callable[[gast.AST], None]) -> None:
        """A loop over the elements of an iterable around what `body(element)` emits."""
        raise NotImplementedError

    def _append(self, target: gast.AST, item: gast.AST) -> None:
        method = gast.Attribute(value=clone(target), attr="append", ctx=gast.Load())
        self.emit(gast.Expr(value=call(method, item)))

    def branch(self, test: gast.AST, then: Callable[[], object], orelse: Callable[[], object], frame: Frame) -> None:
        """Emit `if test:` around what the two callables emit; only one of them where the test is a constant."""
        if isinstance(test, gast.Constant):
            (then if test.value else orelse)()
            return
        with self.inside() as first:
            then()
        with self.inside() as second:
            orelse()
        self.emit(gast.If(test=test, body=first or [gast.Pass()], orelse=second))

    def condition(self, node: gast.AST, frame: Frame) -> gast.AST:
        """A test as an inactive expression: its truth carries no derivative."""
        return self.inert(node, frame)

    def _choice(self, node: gast.IfExp, frame: Frame) -> gast.AST:
        test = self.condition(node.test, frame)
        target = self.fresh()
        self.branch(
            test,
            lambda: self.emit(assign(target, self.value(node.body, frame))),
            lambda: self.emit(assign(target, self.value(node.orelse, frame))),
            frame,
        )
        return load(target)

    def _short_circuit(self, node: gast.BoolOp, frame: Frame) -> gast.AST:
        target = self.fresh()
        self.emit(assign(target, self.value(node.values[0], frame)))
        test = load(target) if isinstance(node.op, gast.And) else negate(load(target))
        rest = node.values[1:]

        def tail() -> None:
            last = rest[0] if len(rest) == 1 else gast.BoolOp(op=node.op, values=rest)
            self.emit(assign(target, self.value(last, frame)))

        self.branch(test, tail, lambda: None, frame)
        return load(target)

    def _walrus(self, node: gast.NamedExpr, frame: Frame) -> gast.AST:
        value = self.value(node.value, frame)
        target = self.variable(frame, node.target.id)
        self.emit(assign(target, value))
        return load(target)

    def _generator(self, node: gast.GeneratorExp, frame: Frame) -> gast.AST:
        raise self.refuse("a generator expression that is kept", "Write a list: `[...]`.", NoEmittedForm)

    def _list(self, node: gast.AST, frame: Frame) -> gast.AST:
        made = self.name(gast.List(elts=[], ctx=gast.Load()), "items")
        self.comprehension(node, frame, lambda inner: self._append(made, self.atom(node.elt, inner)))
        return made

    def _dict(self, node: gast.DictComp, frame: Frame) -> gast.AST:
        made = self.name(gast.Dict(keys=[], values=[]), "items")

        def entry(inner: Frame) -> None:
            key = self.key(node.key, inner)
            target = subscript(load(made.id), key, gast.Store())
            self.emit(gast.Assign(targets=[target], value=self.atom(node.value, inner), type_comment=None))

        self.comprehension(node, frame, entry)
        return made


def _is_operation(step: gast.AST) -> bool:
    """Whether reading an attribute is an operation on an array, such as `.T`."""
    return isinstance(step, gast.Attribute) and lookup_attribute(step.attr) is not None


def is_basic(index: gast.AST, integers: set[str]) -> bool:
    """Whether an index is sure to give a view or an element, never a copy of several elements."""
    if isinstance(index, gast.Tuple):
        return all(is_basic(e, integers) for e in index.elts)
    if isinstance(index, gast.Slice):
        return True
    if isinstance(index, gast.Constant):
        return (
            index.value is None
            or index.value is Ellipsis
            or isinstance(index.value, (int, str))
            and not isinstance(index.value, bool)
        )
    return is_integer(index, integers)


def is_slice(path: gast.AST) -> bool:
    """Whether a path ends with a slice, which is a view of an array and a copy of a list; no list has several axes."""
    return isinstance(path, gast.Subscript) and isinstance(path.slice, gast.Slice)


def is_integer(node: gast.AST, integers: set[str]) -> bool:
    """Whether an expression is sure to be a whole number."""
    if isinstance(node, gast.Constant):
        return isinstance(node.value, int) and not isinstance(node.value, bool)
    if isinstance(node, gast.Name):
        return node.id in integers
    if isinstance(node, gast.BinOp) and isinstance(node.op, (gast.Add, gast.Sub, gast.Mult, gast.FloorDiv, gast.Mod)):
        return is_integer(node.left, integers) and is_integer(node.right, integers)
    if isinstance(node, gast.UnaryOp) and isinstance(node.op, gast.USub):
        return is_integer(node.operand, integers)
    if isinstance(node, gast.Call) and isinstance(node.func, gast.Name):
        least = (
            node.func.id in ("max", "min") and len(node.args) > 1 and all(is_integer(a, integers) for a in node.args)
        )
        return least or node.func.id in ("len", "int")
    if isinstance(node, gast.IfExp):
        return is_integer(node.body, integers) and is_integer(node.orelse, integers)
    if isinstance(node, gast.Subscript) and isinstance(node.value, gast.Attribute):
        return node.value.attr == "shape" and is_integer(node.slice, integers)
    return isinstance(node, gast.Attribute) and node.attr in ("ndim", "size")


def index_value(index: gast.AST) -> gast.AST:
    """An index as a value that can be passed on: slices written as `slice(...)`."""
    if isinstance(index, gast.Slice):
        return call("slice", *(part or const(None) for part in (index.lower, index.upper, index.step)))
    if isinstance(index, gast.Tuple):
        return gast.Tuple(elts=[index_value(e) for e in index.elts], ctx=gast.Load())
    return index
