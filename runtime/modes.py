"""Grad mode: whether operations on Tensors are recorded. Each thread has its own."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

from runtime.observing import watch

F = TypeVar("F", bound=Callable[..., Any])


class _Pause:
    """Held by a thread that records nothing, and gone with it where the thread ends so."""

    __slots__ = ()

    def __init__(self) -> None:
        watch.count_paused(1)

    def __del__(self) -> None:
        watch.count_paused(-1)


class _ThreadState(threading.local):
    """One thread's switches.

    `keep_all` makes nodes save what forward rules read, beside what reverse rules read. `packing` has the pairs of
    functions that saved values pass through, `packing_refused` says why there may be none. `inference` says that
    results are to be marked as never recorded. `locate` tells where the program stands while anomalies are looked for;
    `check_nan` has the walk look for NaN. `told` says that an observer has been told of the operation that runs.
    `strong_zero` has cotangents of zero absorb what they are multiplied by. `pause` counts this thread among those
    that record nothing.
    """

    recording = True
    keep_all = False
    inference = False
    packing_refused = ""
    packing: tuple[tuple[Callable[[Any], Any], Callable[[Any], Any]], ...] = ()
    locate: Callable[[], str] | None = None
    check_nan = False
    told = False
    strong_zero = False
    pause: _Pause | None = None


state = _ThreadState()


def is_grad_enabled() -> bool:
    """Whether this thread records operations on Tensors that require gradients."""
    return state.recording


def is_inference_mode_enabled() -> bool:
    """Whether this thread is in inference mode."""
    return state.inference


def switch(recording: bool) -> None:
    """Set grad mode of this thread; in inference mode nothing is ever recorded."""
    recording = recording and not state.inference
    if state.recording is not recording:
        state.recording = recording
        state.pause = None if recording else _Pause()


class keep_all:
    """Inside the block, recorded operations keep all their arguments, as a forward sweep over the graph needs them."""

    def __enter__(self) -> None:
        self._previous = state.keep_all
        state.keep_all = True
        watch.demand_care()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        state.keep_all = self._previous
        watch.release_care()


class _Mode:
    """A context manager and decorator that sets grad mode; each use of one object may nest."""

    def __init__(self, recording: bool) -> None:
        self._recording = recording
        self._previous: list[bool] = []

    def __enter__(self) -> None:
        self._previous.append(state.recording)
        switch(self._recording)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        switch(self._previous.pop())

    def __call__(self, function: F) -> F:
        return _decorated(function, functools.partial(_Mode, self._recording))


def _decorated(function: Any, mode: Callable[[], Any]) -> Any:
    """The function, generator function or class with its code run in a mode."""
    if isinstance(function, type):
        function.__init__ = _decorated(function.__init__, mode)  # type: ignore[misc]
        return function
    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def steps_under_mode(*args: Any, **kwargs: Any) -> Any:
            # Only the generator's own code runs in the mode, not what is done with its values in between.
            generator = function(*args, **kwargs)
            answer: Any = None
            try:
                while True:
                    with mode():
                        value = generator.send(answer)
                    answer = yield value
            except StopIteration as stop:
                return stop.value
            finally:
                generator.close()

        return steps_under_mode

    @functools.wraps(function)
    def under_mode(*args: Any, **kwargs: Any) -> Any:
        with mode():
            return function(*args, **kwargs)

    return under_mode


class no_grad(_Mode):
    """Record nothing inside the block or the decorated function."""

    def __init__(self, function: Callable[..., Any] | None = None) -> None:
        super().__init__(False)

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        """`@no_grad` without parentheses decorates as `@no_grad()` does."""
        return object.__new__(cls) if function is None else cls()(function)


class enable_grad(_Mode):
    """Record inside the block or the decorated function, also within `no_grad`."""

    def __init__(self, function: Callable[..., Any] | None = None) -> None:
        super().__init__(True)

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        """`@enable_grad` without parentheses decorates as `@enable_grad()` does."""
        return object.__new__(cls) if function is None else cls()(function)


class set_grad_enabled(_Mode):
    """Switch recording on or off: at once, and back again at the end when used as a context manager."""

    def __init__(self, mode: bool) -> None:
        super().__init__(bool(mode))
        self._at_call = state.recording
        switch(self._recording)

    def __enter__(self) -> None:
        self._previous.append(self._at_call)
        switch(self._recording)

    def __call__(self, function: F) -> F:
        switch(self._at_call)
        return super().__call__(function)


class inference_mode:
    """Record nothing, for good: Tensors made inside can take no part in a graph later, and cost nothing to make.

    A context manager and decorator; `inference_mode(False)` leaves the mode inside the block.
    """

    def __new__(cls, mode: Any = True) -> Any:
        """`@inference_mode` without parentheses decorates as `@inference_mode()` does."""
        return object.__new__(cls) if isinstance(mode, bool) else cls()(mode)

    def __init__(self, mode: Any = True) -> None:
        self._mode = mode
        self._previous: list[tuple[bool, bool]] = []

    def __enter__(self) -> None:
        self._previous.append((state.inference, state.recording))
        state.inference = self._mode
        switch(not self._mode)
        watch.demand_care()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        watch.release_care()
        state.inference, recording = self._previous.pop()
        switch(recording)

    def __call__(self, function: F) -> F:
        return _decorated(function, functools.partial(inference_mode, self._mode))


class strong_zero:
    """Inside the block, a cotangent of zero stays zero in `backward`, also where it meets infinity or NaN.

    A context manager and a decorator. Products are taken one by one, so a walk takes about twice as long.
    """

    def __init__(self) -> None:
        self._previous: list[bool] = []

    def __enter__(self) -> None:
        self._previous.append(state.strong_zero)
        state.strong_zero = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        state.strong_zero = self._previous.pop()

    def __call__(self, function: F) -> F:
        return _decorated(function, strong_zero)
