"""`checkpoint`: run a part of the forward pass again on the way backward, instead of keeping what it saved.

The part is recorded as always, but each value that it saves is replaced by a number. When the first one is needed the
part is run once more, and the values that it saves this time are used. Works with `autograd.grad`, with keyword
arguments and with nested containers (PyTorch calls this `use_reentrant=False`; the other way gives the same here).
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from runtime.autograd.graph import saved_tensors_hooks
from runtime.errors import SourceADError
from runtime.generator import default_generator
from runtime.modes import enable_grad
from runtime.storage import check_unchanged, tick
from runtime.tensor import Tensor


class CheckpointMismatch(SourceADError):
    """The second run of a checkpointed function saved other values than the first one."""


class _Frame:
    """One run of a checkpointed function: what is needed to run it again, and what that saved."""

    def __init__(self, run: Callable[[], Any], inputs: list[Any], preserve_rng_state: bool) -> None:
        self.run = run
        self.serial = tick()
        self.random = default_generator.get_state() if preserve_rng_state else None
        self.count = 0
        self.seen: list[tuple[Any, tuple[int, ...], Any]] = []
        self.values: dict[int, Any] = {}
        self.inputs = [x._data for x in inputs]

    def pack(self, tensor: Any) -> int:
        """First run: remember only how many values were saved, and how they look."""
        number = self.count
        self.count += 1
        array = tensor._data
        self.seen.append((weakref.ref(array), array.shape, array.dtype))
        return number

    def unpack(self, number: int) -> Any:
        """The value that the first run saved under this number."""
        if number not in self.values:
            self._run_again()
        return self.values.pop(number)

    def _run_again(self) -> None:
        label = "a checkpointed function"
        check_unchanged(self.inputs, self.serial, label)
        alive = [array for array, _, _ in self.seen if array() is not None]
        check_unchanged([array() for array in alive], self.serial, label)
        after = default_generator.get_state()
        again: list[Any] = []

        def keep(tensor: Any) -> None:
            again.append(tensor.detach())

        if self.random is not None:
            default_generator.set_state(self.random)
        try:
            with enable_grad(), saved_tensors_hooks(keep, _nothing):
                self.run()
        finally:
            default_generator.set_state(after)
        looks = [(tensor._data.shape, tensor._data.dtype) for tensor in again]
        if looks != [(shape, dtype) for _, shape, dtype in self.seen]:
            raise CheckpointMismatch(
                f"a checkpointed function saved {len(self.seen)} values when it was run first and {len(again)}, or"
                " values of other shapes, when it was run again",
                "It must do the same both times: no counters, no random choices outside the generator.",
            )
        self.values = dict(enumerate(again))


def _nothing(packed: Any) -> Any:
    raise SourceADError("internal error: the graph of a second run was walked", "Report the program that shows it.")


def checkpoint(
    function: Callable[..., Any],
    *args: Any,
    use_reentrant: bool | None = None,
    context_fn: Any = None,
    determinism_check: str = "default",
    preserve_rng_state: bool = True,
    **kwargs: Any,
) -> Any:
    """`function(*args, **kwargs)`, with what it saves computed again when a walk backward needs it.

    Random numbers of the default generator are the same in both runs, unless `preserve_rng_state` is false. Raises
    SharedArray where an argument, or a Tensor that the function reads, was changed in between; CheckpointMismatch where
    the second run does something else.
    """

    def run() -> Any:
        return function(*args, **kwargs)

    frame = _Frame(run, list(_tensors((args, kwargs))), preserve_rng_state)
    with saved_tensors_hooks(frame.pack, frame.unpack):
        return run()


def _tensors(value: Any) -> Iterable[Tensor]:
    """The Tensors in nested containers."""
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _tensors(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _tensors(inner)


def checkpoint_sequential(
    functions: Sequence[Callable[..., Any]],
    segments: int,
    input: Any,
    use_reentrant: bool | None = None,
    preserve_rng_state: bool = True,
) -> Any:
    """Call functions one after the other, in `segments` parts; all parts but the last are checkpointed."""
    chain = list(functions)
    size = max(1, len(chain) // segments)

    def part(start: int, end: int) -> Callable[[Any], Any]:
        def forward(x: Any) -> Any:
            for function in chain[start:end]:
                x = function(x)
            return x

        return forward

    end = 0
    for segment in range(segments - 1):
        start, end = segment * size, (segment + 1) * size
        input = checkpoint(part(start, end), input, preserve_rng_state=preserve_rng_state)
    return part(end, len(chain))(input)
