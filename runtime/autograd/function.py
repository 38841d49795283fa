"""`Function`: operations of the user's own, with a forward and a backward written by hand."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

import numpy as np

from runtime.errors import CotangentMismatch, DerivativeLost, SourceADError
from runtime.graph import AccumulateGrad, Linked, Meta, Node, Pick, fit
from runtime.hooks import shown, taken
from runtime.inplace import commit
from runtime.keeping import release
from runtime.kernels.cotangent import unbroadcast
from runtime.lifting import call
from runtime.modes import no_grad, state
from runtime.observing import watch
from runtime.operation import node_of
from runtime.storage import check_unchanged, tick
from runtime.tensor import Tensor
from runtime.variable import Variable


class _Saved:
    """A Tensor as `save_for_backward` keeps it: its array and its place in the graph at that time.

    Of a result the place is its number, for a node that referred to its own result would never be freed.
    """

    __slots__ = ("kept", "node", "result", "serial")

    def __init__(self, tensor: Tensor, result: int | None) -> None:
        self.kept = tensor.keep(tensor._data)
        self.node = node_of(tensor) if result is None else None
        self.result = result
        self.serial = tick()

    def tensor(self, context: FunctionCtx) -> Tensor:
        """The Tensor again. Raises SharedArray where it was written to."""
        array = release(self.kept)
        check_unchanged((array,), self.serial, context.name())
        found = Tensor.wrap(array)
        found._node = self.node if self.result is None else context.place_of(self.result)
        return found


class FunctionCtx(Linked):
    """The first argument of `forward` and `backward`, and the node of the call in the graph.

    Attributes may be set at will, to hand values from `forward` to `backward`.
    """

    needs_input_grad: tuple[bool, ...]

    def __init__(self, function: type[Function], inputs: tuple[Any, ...]) -> None:
        self._function = function
        nodes = [node_of(x) if isinstance(x, Tensor) else None for x in inputs]
        self.needs_input_grad = tuple([node is not None for node in nodes])
        super().__init__(tuple([node for node in nodes if node is not None]) if state.recording else ())
        self._operands = tuple([node for node, x in zip(nodes, inputs) if isinstance(x, Tensor)])
        self._metas: list[Meta] = []
        self._input_metas = [Meta.of(x._data) if isinstance(x, Tensor) else None for x in inputs]
        self._to_save: tuple[Any, ...] = ()
        self._saved: list[_Saved | None] | None = []
        self._dirty: tuple[Any, ...] = ()
        self._constants: tuple[Any, ...] = ()
        self._materialize = True
        self._among: tuple[bool, ...] = ()
        self.several = False

    def name(self) -> str:
        return f"{self._function.__name__}Backward"

    def operands(self) -> tuple[Node | None, ...]:
        return self._operands

    def save_for_backward(self, *tensors: Any) -> None:
        """Keep Tensors, inputs or results or others, for `saved_tensors`; None is kept as None."""
        for tensor in tensors:
            if tensor is not None and not isinstance(tensor, Tensor):
                raise TypeError(
                    f"save_for_backward takes Tensors and None, not {type(tensor).__name__}; set an attribute instead"
                )
        self._to_save = tensors

    def save_for_forward(self, *tensors: Any) -> None:
        """Accepted for `jvp` rules, which reverse mode does not use."""

    def mark_dirty(self, *args: Any) -> None:
        """Say which inputs `forward` changed in place; it must return them. It counts as a write."""
        for x in args:
            if isinstance(x, Tensor):
                x.before_write()
        self._dirty = args

    def mark_non_differentiable(self, *args: Any) -> None:
        """Say through which results no gradient passes."""
        self._constants = args

    def set_materialize_grads(self, value: bool) -> None:
        """Whether `backward` gets zeros, or None, for results that were not used."""
        self._materialize = value

    @property
    def saved_tensors(self) -> tuple[Any, ...]:
        """What `save_for_backward` kept. Raises SourceADError after it was freed, SharedArray where it was changed."""
        if self._saved is None:
            raise SourceADError(
                f"the saved tensors of {self.name()} were read after a walk backward had freed them",
                "Pass retain_graph=True to the first backward call.",
            )
        return tuple([None if saved is None else saved.tensor(self) for saved in self._saved])

    def place_of(self, result: int) -> Node:
        """The place of a result in the graph."""
        return Pick(self, result, len(self._metas)) if self.several else self

    def settle(self, outputs: list[Any], among: tuple[bool, ...]) -> None:
        """Keep what is to be saved, now that it is known which of it are results, and take a place in time.

        `outputs` are the Tensors of the result, `among` says which parts of it these are.
        """
        self._among = among
        numbers = {id(x): k for k, x in enumerate(outputs)}
        self._saved = [None if x is None else _Saved(x, numbers.get(id(x))) for x in self._to_save]
        self._to_save = ()
        self._metas = [Meta.of(x._data) for x in outputs]
        self.several = len(outputs) > 1
        self.serial = tick()

    def free(self) -> None:
        self._saved = None

    def result_metas(self) -> Sequence[Meta]:
        return self._metas

    def backward(self, g: Any, owned: bool, needed: Sequence[bool], create_graph: bool) -> Iterable[Any]:
        parts = g if self.several else [g]
        gradients = []
        for part, (shape, dtype) in zip(parts, self._metas, strict=True):
            if part is None and self._materialize:
                part = np.zeros(shape, dtype)
            gradients.append(None if part is None else shown(part))
        if not all(self._among):
            # As in PyTorch, backward is given None for what was no Tensor.
            tensors = iter(gradients)
            gradients = [next(tensors) if is_tensor else None for is_tensor in self._among]
        answer = self._function.backward(self, *gradients)
        answers = answer if isinstance(answer, tuple) else (answer,)
        count = len(self.needs_input_grad)
        if len(answers) < count or any(extra is not None for extra in answers[count:]):
            raise CotangentMismatch(
                f"{self.name()} returned {len(answers)} gradients for {count} arguments of forward",
                "Return one for each argument but ctx; None for those without gradient.",
            )
        found = []
        for k, (wants, bar, meta) in enumerate(zip(self.needs_input_grad, answers, self._input_metas)):
            if bar is not None and meta is None:
                raise CotangentMismatch(
                    f"{self.name()} returned a gradient for argument {k} of forward, which was no Tensor",
                    "Return None for it.",
                )
            if wants:
                found.append(None if bar is None else self._fitted(bar, meta, create_graph))
        return found

    def _fitted(self, bar: Any, meta: Any, create_graph: bool) -> Any:
        if not isinstance(bar, Tensor):
            raise TypeError(f"{self.name()} returned a {type(bar).__name__} where a gradient is a Tensor or None")
        if bar._data.shape != meta.shape:
            # As in PyTorch, a gradient of a shape that the input broadcasts to is summed.
            if not _broadcasts(meta.shape, bar._data.shape):
                raise CotangentMismatch(
                    f"{self.name()} returned a gradient of shape {bar._data.shape} for an input of shape {meta.shape}",
                    "Return gradients in the shapes of the inputs.",
                )
            bar = call(unbroadcast, bar, np.empty(meta.shape, meta.dtype))
        return fit(taken(bar, create_graph), meta, self.name())


def _broadcasts(shape: tuple[int, ...], wider: tuple[int, ...]) -> bool:
    """Whether an array of a shape broadcasts to a wider one."""
    return len(shape) <= len(wider) and all(n in (1, m) for n, m in zip(reversed(shape), reversed(wider)))


class Function:
    """Base of the user's own operations: static methods `forward` and `backward`, called by `apply`.

    Either `forward(ctx, *args)`, or `forward(*args)` with `setup_context(ctx, inputs, output)` beside it.
    `backward(ctx, *grad_outputs)` returns a gradient, or None, for each argument. Where a graph of the gradient is
    wanted, it runs while operations are recorded, so that it can be differentiated again.
    """

    _nodes: ClassVar[dict[type, type[FunctionCtx]]] = {}

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """The value: a Tensor, or a tuple of Tensors and other things."""
        raise NotImplementedError("a Function needs a static method `forward`")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
        """Keep what `backward` needs; for Functions whose `forward` takes no ctx."""
        raise NotImplementedError

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """The gradients of the arguments."""
        raise NotImplementedError("a Function needs a static method `backward` to be differentiated")

    vjp = backward

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        raise SourceADError(
            f"an object of the Function {type(self).__name__} is called", f"Call {type(self).__name__}.apply(...)."
        )

    @classmethod
    def apply(cls, *args: Any, **kwargs: Any) -> Any:
        """The value of `forward`, recorded as one node."""
        if any(isinstance(x, Variable) and x.traced for x in [*args, *kwargs.values()]):
            raise DerivativeLost(
                f"the Function {cls.__name__} is called on values of a traced program, which have no graph for it",
                "Call it on Tensors, or give the compiler its rule with `derivative`.",
            )
        kind = Function._nodes.get(cls)
        if kind is None:
            kind = Function._nodes[cls] = type(f"{cls.__name__}Backward", (FunctionCtx,), {})
        context = kind(cls, args)
        observer = watch.observer
        token = None if observer is None else observer.enter(cls.__name__, args, False)
        with no_grad():
            if cls.setup_context is Function.setup_context:
                output = cls.forward(context, *args, **kwargs)
            else:
                output = cls.forward(*args, **kwargs)
                cls.setup_context(context, args, output)
        if observer is not None:
            observer.leave(token, output)
        return _recorded(context, args, output)


def _recorded(context: FunctionCtx, args: tuple[Any, ...], output: Any) -> Any:
    """The output with its Tensors placed in the graph."""
    given = output if isinstance(output, tuple) else (output,)
    inputs = [x for x in args if isinstance(x, Tensor)]
    dirty = context._dirty
    for x in dirty:
        if not any(x is one for one in given):
            raise SourceADError(
                f"{context.name()} marked an input as changed in place, but does not return it",
                "Return every Tensor that is given to mark_dirty.",
            )
        _refuse_leaf(x)
    outputs = [x if not isinstance(x, Tensor) or any(x is one for one in dirty) else _apart(x, inputs) for x in given]
    if not context.sources:
        return tuple(outputs) if isinstance(output, tuple) else outputs[0]
    tensors = [x for x in outputs if isinstance(x, Tensor)]
    constants = [mine for mine, theirs in zip(outputs, given) if any(theirs is one for one in context._constants)]
    for mine, theirs in zip(outputs, given):
        if mine is not theirs:
            context._to_save = tuple([mine if x is theirs else x for x in context._to_save])
    context.settle(tensors, tuple([isinstance(x, Tensor) for x in outputs]))
    if state.locate is not None:
        context.hooked().line = state.locate()
    for k, x in enumerate(tensors):
        if any(x is one for one in dirty):
            commit(x, context.place_of(k))
        elif x._data.dtype.kind in "fc" and not any(x is one for one in constants):
            x._node = context.place_of(k)
    return tuple(outputs) if isinstance(output, tuple) else outputs[0]


def _refuse_leaf(x: Any) -> None:
    if state.recording and isinstance(x._node, AccumulateGrad):
        raise SourceADError(
            "a leaf Tensor that requires grad is being used in an in-place operation", "Change a clone of it."
        )


def _apart(x: Tensor, inputs: list[Tensor]) -> Tensor:
    """A result with memory of its own, for what is written to an input is not seen by the graph of the result."""
    data = x._data
    shares = any(np.may_share_memory(data, one._data) for one in inputs)
    if shares or x._node is not None:
        return Tensor.wrap(data.copy() if shares else data)
    return x


class _Once(Linked):
    """Where a second differentiation of a `once_differentiable` backward ends."""

    __slots__ = ("whose",)

    def __init__(self, sources: tuple[Node, ...], whose: str) -> None:
        super().__init__(sources)
        self.whose = whose

    def name(self) -> str:
        return "Error"

    def backward(self, g: Any, owned: bool, needed: Sequence[bool], create_graph: bool) -> Iterable[Any]:
        raise SourceADError(
            f"the backward of {self.whose} is marked with @once_differentiable, and is differentiated a second time",
            "Take the mark away and write backward with operations on Tensors.",
        )


def once_differentiable(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Marks a `backward` that cannot be differentiated again, because it leaves Tensors: trying to is an error."""

    @functools.wraps(fn)
    def wrapper(ctx: Any, *args: Any) -> Any:
        recording = state.recording
        with no_grad():
            outputs = fn(ctx, *args)
        nodes = [node_of(x) for x in args if isinstance(x, Tensor)]
        # What is saved may be tracked too, so the inputs count as well.
        sources = tuple([node for node in [*nodes, *ctx.sources] if node is not None])
        if not recording or not sources:
            return outputs
        several = outputs if isinstance(outputs, tuple) else (outputs,)
        marked = []
        for x in several:
            if isinstance(x, Tensor):
                x = x.detach()
                x._node = _Once(sources, ctx.name())
            marked.append(x)
        return tuple(marked) if isinstance(outputs, tuple) else marked[0]

    return wrapper
