"""Grad mode: whether operations on Tensors are recorded. Each thread has its own."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

from runtime.observing import watch

F = TypeVar("F", bound=Callable[..., Any])


class _ThreadState(threading.local):
    """One thread's switches.

    `keep_all` makes nodes save what forward rules read, beside what reverse rules read. `packing` has the pairs of
    functions that saved values pass through. `inference` says that results are to be marked as never recorded.
    `locate` tells where the program stands while anomalies are looked for; `check_nan` has the walk look for NaN.
    """

    recording = True
    keep_all = False
    inference = False
    packing: tuple[tuple[Callable[[Any], Any], Callable[[Any], Any]], ...] = ()
    locate: Callable[[], str] | None = None
    check_nan = False


state = _ThreadState()


def is_grad_enabled() -> bool:
    """Whether this thread records operations on Tensors that require gradients."""
    return state.recording


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
        state.recording = self._recording

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        state.recording = self._previous.pop()

    def __call__(self, function: F) -> F:
        recording = self._recording

        @functools.wraps(function)
        def under_mode(*args: Any, **kwargs: Any) -> Any:
            with _Mode(recording):
                return function(*args, **kwargs)

        return under_mode  # type: ignore[return-value]


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
        state.recording = self._recording

    def __enter__(self) -> None:
        self._previous.append(self._at_call)
        state.recording = self._recording

    def __call__(self, function: F) -> F:
        state.recording = self._at_call
        return super().__call__(function)
