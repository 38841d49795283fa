"""Writing to Variables: index assignment and in-place arithmetic, through views as well."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from runtime.errors import DerivativeLost, ShapeMismatch, SharedArray, TypeMismatch
from runtime.graph import AccumulateGrad, Linked, Meta, Node, Owned, fit, reads_once
from runtime.keeping import secure, stand_in
from runtime.kernels import view_as_complex, view_as_real
from runtime.kernels.cotangent import unbroadcast
from runtime.lifting import call
from runtime.modes import state
from runtime.operation import apply, check_steps, node_of, tracked
from runtime.recorded import Operation, Quick
from runtime.storage import clock
from runtime.variable import Place, Step, Variable, as_index, put, strip


class _Write(Linked):
    """The new value of some memory, from the old one (first edge, if `has_old`) and what was written (last edge)."""

    __slots__ = ("face", "has_new", "has_old", "meta")

    def __init__(self, x: Variable, old: Node | None, new: Node | None) -> None:
        super().__init__(tuple([node for node in (old, new) if node is not None]))
        self.meta = Meta.of(x._data)
        self.face = type(x)
        self.has_old = old is not None
        self.has_new = new is not None

    def name(self) -> str:
        return "torch::autograd::CopySlices"

    def result_metas(self) -> Sequence[Meta]:
        return [self.meta]

    def written(self, g: Any) -> Any:
        """Cotangent of what was written."""
        raise NotImplementedError

    def clear(self, g: Any) -> Any:
        """Cotangent of the old value: `g`, written to in place, with zeros where the write went."""
        raise NotImplementedError

    def backward(self, g: Any, owned: bool, needed: Sequence[bool], create_graph: bool) -> Iterable[Any]:
        bars = [self.written(g)] if self.has_new else []
        if self.has_old:
            mine = owned and not create_graph and isinstance(g, np.ndarray)
            old = self.clear(g if mine else np.array(g) if isinstance(g, np.generic) else np.copy(g))
            bars.insert(0, old if create_graph else Owned(old))
        return bars

    def put(self, dot: Any, new: Any) -> Any:
        """The tangent `dot` of the memory, written to in place: `new` where the write went."""
        raise NotImplementedError

    def forward(self, dots: Sequence[Any], lifted: bool) -> list[Any]:
        shape, dtype = self.meta
        old = dots[0] if self.has_old else None
        new = dots[-1] if self.has_new else None
        blank: Any = np.zeros(shape, dtype) if old is None else np.copy(old)
        if lifted and not isinstance(blank, Variable):
            blank = self.face.wrap(blank)
        return [self.put(blank, 0.0 if new is None else new)]


class SetItem(_Write):
    """`x[index] = value`."""

    __slots__ = ("index", "value")

    def __init__(self, x: Variable, index: Any, value: Any, old: Node | None, new: Node | None) -> None:
        super().__init__(x, old, new)
        self.index = index
        self.value = stand_in(value)

    def name(self) -> str:
        return "IndexPutBackward0" if self.has_old and _by_arrays(self.index) else "torch::autograd::CopySlices"

    def written(self, g: Any) -> Any:
        """Where an element was written repeatedly, only the last write counts."""
        read = g[self.index]
        if not reads_once(self.index):
            last = np.full(np.shape(g), -1)
            last[self.index] = order = np.arange(np.size(last[self.index])).reshape(np.shape(read))
            read = read * (last[self.index] == order)
        if np.ndim(self.value) > np.ndim(read):
            read = np.reshape(read, (1,) * (np.ndim(self.value) - np.ndim(read)) + np.shape(read))
        found = np.copy(call(unbroadcast, read, self.value))
        return fit(found, Meta.of(self.value), self.name())

    def clear(self, g: Any) -> Any:
        return self.put(g, 0.0)

    def put(self, dot: Any, new: Any) -> Any:
        dot[self.index] = new
        return dot


def _by_arrays(index: Any) -> bool:
    """Whether an index consists of arrays, lists and full slices, which PyTorch writes by without a view."""
    parts = index if isinstance(index, tuple) else (index,)
    arrays = [isinstance(part, (np.ndarray, list)) for part in parts]
    return any(arrays) and all(is_array or part == slice(None) for part, is_array in zip(parts, arrays))


class Overwrite(_Write):
    """A write through a view, as its base sees it: `steps` lead from the base to the view."""

    __slots__ = ("steps",)

    def __init__(self, base: Variable, steps: tuple[Step, ...], old: Node | None, new: Node | None) -> None:
        super().__init__(base, old, new)
        self.steps = steps

    def _places(self) -> Any:
        """Which elements of the flattened base the view shows. A copy made by a step changes nothing in that."""
        shape = self.meta.shape
        places = np.arange(int(np.prod(shape, dtype=int))).reshape(shape)
        for step in self.steps:
            places = step(places)
        return places

    def written(self, g: Any) -> Any:
        if _by_slices(self.steps):
            return np.copy(_through(self.steps, g))
        if _between_types(self.steps):
            # Cotangents of complex numbers are paired as Re(x_bar * x_dot), those of their parts are not.
            return np.copy(np.conjugate(_recorded_through(self.steps, np.conjugate(g))))
        return np.reshape(g, -1)[self._places()]

    def clear(self, g: Any) -> Any:
        return self.put(g, 0.0)

    def put(self, dot: Any, new: Any) -> Any:
        if _by_slices(self.steps):
            _through(self.steps, dot)[...] = new
            return dot
        if _between_types(self.steps):
            _recorded_through(self.steps, dot)[...] = new
            return dot
        flat = np.copy(np.reshape(dot, -1))
        flat[self._places()] = new
        return np.reshape(flat, self.meta.shape)


def _by_slices(steps: tuple[Step, ...]) -> bool:
    """Whether every step reads by an index and leaves an array, so that the steps give a view of any array."""
    return all(step.function is operator.getitem and step.place == (0,) for step in steps)


# Their results have another type of elements than the memory that they look into.
_OTHER_TYPE = frozenset({np.real, np.imag, view_as_complex, view_as_real})


def _between_types(steps: tuple[Step, ...]) -> bool:
    return any(step.function in _OTHER_TYPE for step in steps)


def _recorded_through(steps: tuple[Step, ...], x: Any) -> Any:
    """What the steps show of `x`, an array or a Variable. Raises SharedArray where that is a copy."""
    if isinstance(x, Variable):
        found = x
        for step in steps:
            args, kwargs = put(step.args, step.kwargs, step.place, found)
            found = apply(step.function, args, kwargs, step.evaluate)
            for k in step.pick:
                found = found[k]
    else:
        found = _through(steps, x)
    if not np.may_share_memory(*[v._data if isinstance(v, Variable) else v for v in (found, x)]):
        raise SharedArray(
            "a write through a view of another element type, made of memory in an uncommon order",
            "Make the base contiguous, or write the change out of place.",
        )
    return found


def _through(steps: tuple[Step, ...], x: Any) -> Any:
    for step in steps:
        x = step(x)
    return x


def set_item(x: Variable, index: Any, value: Any) -> None:
    """`x[index] = value`, for any index that NumPy allows."""
    index = as_index(index)
    inside: list[tuple[Place, Variable]] = []
    strip(value, (), inside)
    if inside and not isinstance(value, Variable):
        value = apply(np.array, (value,))
    if isinstance(value, Variable) and _writes_itself(x, index, value):
        return
    plain = value._data if isinstance(value, Variable) else value
    old, new = _nodes_for_write(x, value)
    x.before_write()
    try:
        x._data[index] = plain
    except ValueError as error:
        raise ShapeMismatch(f"index assignment: {error}", "Give it a value of the shape of the part.") from error
    if old is not None or new is not None:
        commit(x, SetItem(x, _frozen(index), plain, old, new))


def _frozen(index: Any) -> Any:
    """The index with its own copies of arrays, which the user may change later."""
    if isinstance(index, tuple):
        return tuple([_frozen(part) for part in index])
    return index.copy() if isinstance(index, np.ndarray) else index


def update(x: Variable, function: Callable[..., Any], *operands: Any) -> Variable:
    """In-place arithmetic: `x` becomes `function(x, *operands)` in its own memory and dtype. Returns `x`.

    Raises ShapeMismatch or TypeMismatch where the result does not fit, SharedArray for a leaf that requires gradients.
    """
    value = apply(function, (x, *operands))
    plain = value._data if isinstance(value, Variable) else value
    if np.shape(plain) != x._data.shape:
        raise ShapeMismatch(
            f"in-place {function.__name__} gives shape {np.shape(plain)}, which does not fit {x._data.shape}",
            "Write the change out of place.",
        )
    if not np.can_cast(plain.dtype, x._data.dtype, "same_kind"):
        raise TypeMismatch(
            f"in-place {function.__name__} gives {plain.dtype}, which does not fit in {x._data.dtype}",
            "Write the change out of place.",
        )
    return overwrite(x, value)


def overwrite(x: Variable, value: Any) -> Variable:
    """Put `value`, of the same shape, into the memory of `x`. Returns `x`."""
    old, new = _nodes_for_write(x, value)
    plain = value._data if isinstance(value, Variable) else value
    if not x.traced and isinstance(value, Variable):
        _secure(value._node, x._data)
    x.before_write()
    x._data[...] = plain
    if old is not None or new is not None:
        alike = hasattr(plain, "dtype") and plain.dtype == x._data.dtype and plain.shape == x._data.shape
        same = new is not None and x._view is None and alike
        commit(x, new if same and new is not None else SetItem(x, Ellipsis, plain, None, new))
    return x


def _secure(node: Node | None, memory: np.ndarray) -> None:
    """Copy what the node of a new value keeps of the memory that the value is about to be written to."""
    if node is None or node.serial > clock.last_write:
        # What it kept may have been written to already, and then the walk backward has to find out.
        return
    if isinstance(node, Quick):
        node.saved = secure(node.saved, memory)
    elif isinstance(node, Operation):
        node.args, node.result = secure(node.args, memory), secure(node.result, memory)


def secure_since(value: Any, memory: np.ndarray, since: int) -> None:
    """As `_secure`, for all nodes made after the time `since` on the way to `value`: an operation may be several."""
    waiting = [value._node] if isinstance(value, Variable) and value._node is not None else []
    seen: set[int] = set()
    while waiting:
        node = waiting.pop()
        if node.serial < since and node.serial not in seen:
            seen.add(node.serial)
            _secure(node, memory)
            waiting += node.sources


def _nodes_for_write(x: Variable, value: Any) -> tuple[Node | None, Node | None]:
    """Places in the graph of the old value and of what is written. Raises where the write cannot be recorded."""
    if not isinstance(x._data, np.ndarray):
        raise TypeError(f"a number ({type(x._data).__name__}) cannot be written to")
    if not x.traced and not x._data.flags.writeable:
        raise SharedArray(
            "a Tensor whose elements share memory, or that is read-only, is being used in an in-place operation",
            "Change a clone of it.",
        )
    x.check_writable()
    if not state.recording:
        return None, None
    base = x._view.base if x._view is not None else x
    if isinstance(base._node, AccumulateGrad):
        what = "a view of a leaf" if base is not x else "a leaf"
        raise SharedArray(
            f"{what} Tensor that requires grad is being used in an in-place operation",
            "Change a clone of it, or make the change inside `with no_grad():`.",
        )
    new = node_of(value) if isinstance(value, Variable) else None
    if new is not None and x._data.dtype.kind not in "fc":
        raise DerivativeLost(
            f"a value that carries a derivative is written into an array of {x._data.dtype}",
            "Give the array a floating dtype.",
        )
    if new is not None and x._data.dtype.kind == "f" and np.iscomplexobj(value._data):
        raise DerivativeLost(
            "a complex value that carries a derivative is written into a real array",
            "Write its real part, or give the array a complex dtype.",
        )
    return node_of(x), new


def become(x: Variable, shown: Variable) -> Variable:
    """Let `x` show its memory as `shown`, a view of it, does; returns `x`. Views of `x` made before stay as they are.

    Raises SharedArray for a leaf that requires gradients, while operations are recorded.
    """
    x.check_writable()
    if state.recording and isinstance(x._node, AccumulateGrad):
        raise SharedArray(
            "a leaf Tensor that requires grad is being used in an in-place operation",
            "Change a clone of it, or make the change inside `with no_grad():`.",
        )
    clock.reshaped = True
    if state.recording:
        if x._node is not None and shown._node is not None:
            _move_retained(x, shown._node)
        x._node = shown._node
    x._data = shown._data
    if x._view is not None and shown._view is not None:
        x._kind = shown._kind
    return x


def commit(x: Variable, node: Node) -> None:
    """Let `node` be the new value of `x`, and of the base that `x` is a view of."""
    if state.locate is not None:
        node.hooked().line = state.locate()
    _move_retained(x, node)
    view = x._view
    if view is not None:
        if clock.reshaped:
            check_steps(_through(view.steps, view.base._data), x)
        view.base._node = Overwrite(view.base, view.steps, node_of(view.base), node)
    x._node = node
    x.note_recorded_write()
    if view is not None:
        view.seen = clock.recorded


def _move_retained(x: Variable, node: Node) -> None:
    """A Tensor that retains its gradient gets that of its new value; other hooks stay with the old one."""
    hooks = None if x._node is None else x._node.hooks
    if hooks is not None and hooks.retain is not None and hooks.retain() is x:
        node.hooked().retain, hooks.retain = hooks.retain, None


def _writes_itself(x: Variable, index: Any, value: Variable) -> bool:
    """Whether `x[index]` already is `value`, as at the end of `x[index] += e`."""
    base = x._view.base if x._view is not None else x
    if value._view is None or value._view.base is not base or not reads_once(index):
        return False
    target = x._data[index]
    if not isinstance(target, np.ndarray) or not isinstance(value._data, np.ndarray):
        return False
    return target.shape == value._data.shape and target.__array_interface__ == value._data.__array_interface__


def write_out(out: Any, value: Any) -> Any:
    """NumPy's `out=` argument: put `value` there. Raises DerivativeLost where a plain array would take a derivative."""
    if isinstance(out, Variable):
        return overwrite(out, value)
    if tracked(value):
        raise DerivativeLost(
            "a value that carries a derivative is written into a plain array, which cannot keep the derivative",
            "Leave `out` away, or make the array a Tensor.",
        )
    out[...] = value._data if isinstance(value, Variable) else value
    return out
