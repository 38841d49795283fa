"""Objects of users' classes: what is asked of them becomes calls of the functions of their classes.

obj.method(a)           Class.method(obj, a)
obj(a)                  Class.__call__(obj, a)
obj + a                 Class.__add__(obj, a)
obj[i]              ->  Class.__getitem__(obj, i)
obj.area                Class.area.fget(obj)              where `area` is a property
Class(a)                obj = Class.__new__(Class)
                        Class.__init__(obj, a)

The class is known from the text (`sourcead.frontend.classes`); where it is only likely, the emitted program checks it.
"""

from __future__ import annotations

import builtins
import functools
import types
from typing import Any

import gast
import numpy as np

from runtime.definitions.functions import put_together, told
from runtime.definitions.grids import vectorized
from runtime.kernels import by_letters, require_class
from runtime.kernels.places import counted
from runtime.operations.spelling import spelled_method
from runtime.records import is_record_class
from sourcead.errors import NoEmittedForm
from sourcead.frontend.annotations import left_is_asked, member
from sourcead.frontend.callees import CACHE, out_of, path_root
from sourcead.frontend.carries import SILENT_ATTRIBUTES as SILENT
from sourcead.frontend.classes import MIRRORED, OPERATORS
from sourcead.frontend.names import MISSING, Closure, Frame, Known
from sourcead.frontend.syntax import attribute, call, const, load, names_written, pack, subscript, walk
from sourcead.frontend.tensor_methods import CONTAINERS, TensorMethods, call_form

BUILTINS = {builtins.len: "len", builtins.abs: "abs", builtins.float: "float", builtins.iter: "iter"}


class Objects(TensorMethods):
    """Lowering of what objects of known classes do."""

    def call(self, node: gast.Call, frame: Frame) -> gast.AST:
        """A call with active arguments."""
        raise NotImplementedError

    def value(self, node: gast.AST, frame: Frame) -> gast.AST:
        """A user's expression as the right-hand side of a core assignment."""
        raise NotImplementedError

    def defined(self, closure: Closure) -> Closure:
        """A function defined inside, its defaults evaluated here."""
        raise NotImplementedError

    # What is asked

    def spelled(self, node: gast.AST, frame: Frame) -> gast.Call | None:
        """An expression that runs a function of an object's class as its call, or None; nothing is emitted."""
        made = self._as_call(node, frame)
        return None if made is None else gast.copy_location(made, node)

    def _as_call(self, node: gast.AST, frame: Frame) -> gast.Call | None:
        if isinstance(node, gast.Call):
            return self._spelled_call(node, frame)
        if isinstance(node, gast.BinOp) and type(node.op) in OPERATORS:
            return self._spelled_operator(OPERATORS[type(node.op)], node.left, node.right, frame)
        if isinstance(node, gast.Compare) and len(node.ops) == 1:
            meant, right = OPERATORS.get(type(node.ops[0])), node.comparators[0]
            if meant is not None:
                return self._spelled_operator(meant, node.left, right, frame)
            asks = isinstance(node.ops[0], (gast.In, gast.NotIn))
            return self._method_call(right, "__contains__", [node.left], [], frame) if asks else None
        if isinstance(node, gast.UnaryOp) and type(node.op) in OPERATORS:
            return self._method_call(node.operand, f"__{OPERATORS[type(node.op)]}__", [], [], frame)
        if isinstance(node, gast.Subscript) and isinstance(node.ctx, gast.Load):
            return self._method_call(node.value, "__getitem__", [index_object(node.slice)], [], frame)
        if isinstance(node, gast.Attribute) and isinstance(node.ctx, gast.Load):
            return self._property(node, frame)
        return None

    def _spelled_call(self, node: gast.Call, frame: Frame) -> gast.Call | None:
        if isinstance(node.func, gast.Attribute):
            above = self.above(node.func, frame)
            if above is not None:
                return self._call_of(above, node.func.attr, [self._first(frame)], node, frame)
            owner = self.known_class(node.func.value, frame)
            if owner is not None:
                return self._call_of(owner.kind, node.func.attr, [node.func.value], node, frame)
            return None
        function = self.static(node.func, frame)
        if len(node.args) == 1 and not node.keywords and callable(function) and function in _hashed(BUILTINS, function):
            return self._method_call(node.args[0], f"__{BUILTINS[function]}__", [], [], frame)
        if isinstance(function, functools.partial):
            return self._of_partial(node, function, frame)
        if function is not MISSING and not is_record_class(type(function)):
            return None
        return self._method_call(node.func, "__call__", node.args, node.keywords, frame)

    def _of_partial(self, node: gast.Call, function: Any, frame: Frame) -> gast.Call:
        """A call of a `functools.partial` that is there before: its arguments are read off it when the program runs."""
        inner = f".{function.func!r}"
        if inner not in frame.statics:
            frame.own.add(inner)
            frame.statics[inner] = function.func
            name = getattr(function.func, "__name__", "")
            name = name if name.isidentifier() else "function"
            frame.aliases[inner] = load(self.namespace.bind(name, function.func))
        first = [subscript(attribute(node.func, "args"), const(k)) for k in range(len(function.args))]
        later = {k.arg for k in node.keywords}
        named = [
            gast.keyword(arg=k, value=subscript(attribute(node.func, "keywords"), const(k)))
            for k in function.keywords
            if k not in later
        ]
        return gast.Call(func=load(inner), args=[*first, *node.args], keywords=[*named, *node.keywords])

    def _spelled_operator(self, name: str, left: gast.AST, right: gast.AST, frame: Frame) -> gast.Call | None:
        first, mirrored = self.known_class(left, frame), f"__{MIRRORED.get(name, 'r' + name)}__"
        if first is not None and left_is_asked(first, self.known_class(right, frame), name, mirrored):
            return self._method_call(left, f"__{name}__", [right], [], frame)
        return self._method_call(right, mirrored, [left], [], frame)

    def _method_call(
        self, owner: gast.AST, name: str, args: list[gast.AST], keywords: list[gast.keyword], frame: Frame
    ) -> gast.Call | None:
        known = self.known_class(owner, frame)
        if known is None or not isinstance(member(known.kind, name), types.FunctionType):
            return None
        node = gast.Call(func=owner, args=args, keywords=keywords)
        return self._call_of(known.kind, name, [owner], node, frame)

    def _call_of(
        self, kind: type, name: str, receiver: list[gast.AST], node: gast.Call, frame: Frame
    ) -> gast.Call | None:
        """The call of a member of a class; None where that is no function that can be read."""
        found = member(kind, name)
        if issubclass(kind, tuple) and name in ("_replace", "_asdict", "_make"):
            return None
        if isinstance(found, (staticmethod, classmethod)):
            receiver = []
        elif not isinstance(found, (types.FunctionType, CACHE)):
            return None
        function = attribute(self.class_name(kind, frame), name)
        return gast.Call(func=function, args=[*receiver, *node.args], keywords=node.keywords)

    def _property(self, node: gast.Attribute, frame: Frame) -> gast.Call | None:
        above = self.above(node, frame)
        if above is not None and isinstance(vars(above)[node.attr], property):
            return call(attribute(attribute(self.class_name(above, frame), node.attr), "fget"), self._first(frame))
        owner = self.known_class(node.value, frame)
        found = MISSING if owner is None else member(owner.kind, node.attr)
        if owner is not None and _computes(found) and node.attr not in getattr(owner.kind, "_fields", ()):
            fact = f"`{node.attr}`, which a {type(found).__name__} of `{owner.kind.__name__}` computes"
            raise self.refuse(fact, "Make it a property.")
        if owner is None or not isinstance(found, property) or found.fget is None:
            return None
        getter = attribute(attribute(self.class_name(owner.kind, frame), node.attr), "fget")
        return call(getter, node.value)

    def above(self, node: gast.Attribute, frame: Frame) -> type | None:
        """The class that `super().name` finds its function in."""
        called = node.value
        if not isinstance(called, gast.Call) or self.static(called.func, frame) is not super:
            return None
        inside = self._method_frame(frame)
        if inside is None:
            return None
        defined_in = dict(zip(inside.source.function.__code__.co_freevars, inside.source.function.__closure__ or ()))
        first = self.known_class(self._first(frame), frame)
        kind = first.kind if first is not None else self.static(self._first(frame), frame)
        here = defined_in["__class__"].cell_contents if "__class__" in defined_in else None
        if not isinstance(kind, type) or here not in kind.__mro__:
            return None
        rest = kind.__mro__[kind.__mro__.index(here) + 1 :]
        return next((base for base in rest if node.attr in vars(base)), None)

    def _method_frame(self, frame: Frame | None) -> Frame | None:
        while frame is not None and not frame.source.tree.args.args:
            frame = frame.parent
        return frame

    def _first(self, frame: Frame) -> gast.Name:
        inside = self._method_frame(frame)
        assert inside is not None, "internal error in objects: super() outside of a method"
        return load(inside.source.tree.args.args[0].id)

    def known_name(self, function: Any, frame: Frame) -> gast.Name:
        """A function as a name in a user's expression."""
        name = getattr(function, "__name__", "function")
        bind = self.namespace.bind
        if getattr(np, name, None) is function:
            core = attribute(load(bind("np", np)), name)
        else:
            core = load(bind(name if name.isidentifier() else "function", function))
        held = self.stand_in(core, frame, False)
        frame.statics[held.id] = function
        return held

    def told(self, node: gast.Call, frame: Frame) -> gast.Call:
        """A call of a NumPy function that is told in terms of others, as a call of what tells it."""
        function = self.static(node.func, frame)
        if function is np.einsum:
            named = _by_letters(node)
            listed = named is node and len(node.args) > 1 and not self.active(node.args[1], frame)
            if listed and self.active(node.args[0], frame):
                raise self.refuse(
                    "`np.einsum` with lists of axes that are not written out",
                    "Name the axes by letters.",
                    NoEmittedForm,
                )
            return named
        text, given = told(function, len(node.args), [k.arg for k in node.keywords])
        if text is None:
            return node
        first = [self.known_name(value, frame) for value in given]
        args, keywords = node.args, node.keywords
        target = out_of(node, lambda n: self.static(n, frame)) if given else None
        if target is not None:
            args = [*args[: function.nin], target]
            keywords = [k for k in keywords if k.arg != "out"]
        made = gast.Call(func=self.known_name(text, frame), args=[*first, *args], keywords=keywords)
        return gast.copy_location(made, node)

    def put_together(self, node: gast.Subscript, frame: Frame) -> gast.Call | None:
        """`np.r_[a, 0:3]` as a call of what tells it; None for other objects, and where text says how to join."""
        text = put_together(self.static(node.value, frame))
        parts = node.slice.elts if isinstance(node.slice, gast.Tuple) else [node.slice]
        if text is None or any(isinstance(p, gast.Constant) and isinstance(p.value, str) for p in parts):
            return None
        if any(isinstance(p, gast.Slice) and self.active(p, frame) for p in parts):
            return None
        listed = [self._spaced(p, frame) if isinstance(p, gast.Slice) else p for p in parts]
        made = gast.Call(func=self.known_name(text, frame), args=listed, keywords=[])
        return gast.copy_location(made, node)

    def _spaced(self, part: gast.Slice, frame: Frame) -> gast.Call:
        """The numbers that a slice within `np.r_` counts, as NumPy gives them."""
        bounds = [const(None) if bound is None else bound for bound in (part.lower, part.upper, part.step)]
        return gast.copy_location(call(self.known_name(counted, frame), *bounds), part)

    def class_name(self, kind: type, frame: Frame) -> gast.Name:
        """A name for a class that no user can write, known to the frame."""
        name = f".{kind.__qualname__}"
        if frame.statics.get(name) is not kind:
            frame.own.add(name)
            frame.statics[name] = kind
            frame.aliases[name] = load(self.namespace.bind(kind.__name__, kind))
        return load(name)

    # Guards

    def checked(self, node: gast.Call, frame: Frame, kind: type | None = None) -> gast.Call:
        """The call of a method, after a check of the class of the object where that is likely only.

        Requires: a call made by `spelled`, or one of a function read off the class `kind`.
        """
        if not node.args or isinstance(node.args[0], gast.Starred):
            return node
        owner = self.known_class(node.args[0], frame) or (Known(kind, False) if kind is not None else None)
        if owner is None or owner.sure:
            return node
        active = self.active(node.args[0], frame)
        held = self.atom(node.args[0], frame)
        held = held if isinstance(held, gast.Name) else self.name(held)
        self.require(held.id, owner.kind, node.args[0], frame)
        receiver = self.stand_in(held, frame, active)
        frame.classes[receiver.id] = Known(owner.kind, True)
        made = gast.Call(func=node.func, args=[receiver, *node.args[1:]], keywords=node.keywords)
        return gast.copy_location(made, node)

    def require(self, name: str, kind: type, node: gast.AST, frame: Frame) -> None:
        """Emit the check that a variable, which holds what `node` gives, holds an object of just this class."""
        if (name, kind) in self.required:
            return
        holder = frame.holder(node.id) if isinstance(node, gast.Name) else None
        if holder is None or node.id not in names_written(holder.body):
            self.required.add((name, kind))
        held = load(self.namespace.bind(kind.__name__, kind))
        self.emit(gast.Expr(value=call(self.namespace.bind("require_class", require_class), load(name), held)))

    def held(self, node: gast.AST, frame: Frame) -> gast.AST:
        """An operand that stays what it is while other statements run."""
        value = self.atom(node, frame)
        return (
            value if isinstance(value, gast.Constant) else value if isinstance(value, gast.Name) else self.name(value)
        )

    def all_held(self, nodes: list[gast.AST], frame: Frame) -> list[gast.Name]:
        """Stand-ins for operands, evaluated from left to right, that stay what they are while other statements run."""
        values = [v if isinstance(v, (gast.Constant, gast.Name)) else self.name(v) for v in self.atoms(nodes, frame)]
        return [self.stand_in(v, frame, self.active(n, frame)) for v, n in zip(values, nodes)]

    def is_unknown_method(self, node: gast.AST, frame: Frame) -> bool:
        """Whether a call is that of a method of an unknown class of the user's: no array, list, dict or text has it."""
        if not isinstance(node, gast.Call) or not isinstance(node.func, gast.Attribute):
            return False
        name = node.func.attr
        root = path_root(node.func.value)
        held = root is not None and frame.holder(root) is not None
        plain = any(hasattr(kind, name) for kind in (np.ndarray, *CONTAINERS))
        if not plain and (spelled_method(name, *call_form(node)) is not None or self.is_of_tensor(node, frame)):
            # A Tensor's method, which changes nothing. It is spelled where it is active, and takes nothing but arrays.
            plain = self.active(node.func.value, frame)
        return held and not plain and self.resolved(node.func, frame) is MISSING

    def refuse_unknown_state(self, node: gast.Call, frame: Frame) -> None:
        """Refuse a method of an unknown class that may change an object whose fields are read too."""
        if not self.is_unknown_method(node, frame) or self.closure(node.func, frame) is not None:
            return
        name = path_root(node.func.value)
        called = {id(n.func) for n in walk(frame.body) if isinstance(n, gast.Call)}
        reads = (n for n in walk(frame.body) if isinstance(n, gast.Attribute) and id(n) not in called)
        if any(path_root(n) == name and isinstance(n.ctx, gast.Load) for n in reads if n.attr not in SILENT):
            raise self.refuse(
                f"`{node.func.attr}` may change `{name}`, whose fields are read here, and its class is not known",
                f"Annotate `{name}` with its class, or make the object inside.",
            )

    # Functions as values

    def closure(self, node: gast.AST, frame: Frame) -> Closure | None:
        """The function that an expression is: defined inside, a method of an object, `functools.partial` of one."""
        found = super().closure(node, frame)
        if found is not None:
            return found
        if isinstance(node, gast.Attribute):
            made = self._bound_method(node, frame)
        elif isinstance(node, gast.Call) and self.static(node.func, frame) is functools.partial and node.args:
            made = (node.args, node.keywords)
        elif isinstance(node, gast.Call) and self.static(node.func, frame) is np.vectorize and len(node.args) == 1:
            made = ([self.known_name(vectorized, frame), node.args[0]], []) if not node.keywords else None
        else:
            made = None
        return None if made is None else self._with_given(*made, frame)

    def _bound_method(self, node: gast.Attribute, frame: Frame) -> tuple[list[gast.AST], list[gast.keyword]] | None:
        owner = self.known_class(node.value, frame)
        if owner is None or self._call_of(owner.kind, node.attr, [], call(node), frame) is None:
            return None
        return [attribute(self.class_name(owner.kind, frame), node.attr), node.value], []

    def _with_given(self, given: list[gast.AST], named: list[gast.keyword], frame: Frame) -> Closure:
        """`f` with first arguments: `lambda *rest, **named: f(first, *rest, **named)`."""
        if any(isinstance(g, gast.Starred) for g in given) or any(k.arg is None for k in named):
            raise self.refuse("`*` or `**` in a partial", "Write the arguments out.")
        eager = {f".given{k}": node for k, node in enumerate([*given, *(k.value for k in named)])}
        names = [load(name) for name in eager]
        function, *first = names[: len(given)]
        inner = gast.Call(
            func=function,
            args=[*first, gast.Starred(value=load(".rest"), ctx=gast.Load())],
            keywords=[
                *(gast.keyword(arg=k.arg, value=n) for k, n in zip(named, names[len(given) :])),
                gast.keyword(arg=None, value=load(".named")),
            ],
        )
        param = gast.Name(".rest", gast.Param(), None, None)
        others = gast.Name(".named", gast.Param(), None, None)
        tree = gast.Lambda(args=gast.arguments([], [], param, [], [], others, []), body=inner)
        return Closure(tree, frame, frame.source, eager=eager)


def _hashed(table: dict[Any, str], value: Any) -> dict[Any, str]:
    """The table, or nothing where the value cannot be looked up in one."""
    return table if type(value).__hash__ is not None else {}


def index_object(index: gast.AST) -> gast.AST:
    """An index as the object that `__getitem__` is given."""
    if isinstance(index, gast.Slice):
        return call("slice", *(part or const(None) for part in (index.lower, index.upper, index.step)))
    return pack([index_object(e) for e in index.elts]) if isinstance(index, gast.Tuple) else index


def _computes(found: Any) -> bool:
    """Whether what a class holds is a descriptor, other than a property or a method, that says what a field is."""
    methods = (types.FunctionType, types.MethodDescriptorType, types.WrapperDescriptorType, classmethod, staticmethod)
    told = (*methods, property, CACHE, type, types.MemberDescriptorType)
    return hasattr(type(found), "__get__") and not isinstance(found, told)


def _by_letters(node: gast.Call) -> gast.Call:
    """`np.einsum(x, [0, 1], y, [1])` as `np.einsum("AB,B", x, y)`; a call that is otherwise as it is."""
    lists = [[_axis(k) for k in a.elts] for a in node.args if isinstance(a, (gast.List, gast.Tuple))]
    starts = isinstance(node.args[0], gast.Constant) if node.args else True
    if starts or len(lists) != (len(node.args) + 1) // 2 or any(axis is None for axes in lists for axis in axes):
        return node
    given: list[Any] = list(node.args)
    given[1::2] = lists[: len(given) // 2]
    given[-1:] = lists[-1:]
    subscripts, *operands = by_letters(given)
    made = gast.Call(func=node.func, args=[const(subscripts), *operands], keywords=node.keywords)
    return gast.copy_location(made, node)


def _axis(node: gast.AST) -> Any:
    value = node.value if isinstance(node, gast.Constant) else None
    return value if value is Ellipsis or isinstance(value, int) and 0 <= value < 52 else None
