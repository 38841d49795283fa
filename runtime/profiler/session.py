"""`profile`: record while a block runs; `record_function`: give a part of the program a name in the profile."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

from runtime.errors import SourceADError
from runtime.observing import watch
from runtime.profiler.events import Average, Event, EventList
from runtime.profiler.recorder import Recorder

F = TypeVar("F", bound=Callable[..., Any])


class Session:
    """A context manager that records the operations of all threads while its block runs.

    With `record_shapes` each event keeps the shapes of its inputs, with `profile_memory` the bytes of the arrays that
    it makes, with `with_stack` the user's lines that led to it. With `enabled=False` nothing is recorded. Without a
    profile an operation pays for one comparison. Raises SourceADError for a device other than the CPU, and where
    another profile is on.
    """

    def __init__(
        self,
        enabled: bool = True,
        *,
        use_cpu: bool = True,
        use_cuda: bool = False,
        use_device: str | None = None,
        record_shapes: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
    ) -> None:
        if not use_cpu or use_cuda or use_device not in (None, "cpu"):
            raise SourceADError(
                "only the time of the CPU can be profiled", "Pass use_cuda=False and leave use_device out."
            )
        self.enabled = enabled
        self.record_shapes = record_shapes
        self.profile_memory = profile_memory
        self.with_stack = with_stack
        self._recorder = Recorder(record_shapes, profile_memory, with_stack)
        self._events: EventList | None = None

    def __enter__(self) -> Session:
        if self.enabled:
            if watch.observer is not None or self._events is not None:
                raise SourceADError(
                    "a profile is on already, or this one was used before",
                    "Make a new profile, after the other one has ended.",
                )
            watch.observer = self._recorder
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self.enabled:
            watch.observer = None
            self._events = EventList(self._recorder.stop(), self.profile_memory, self.with_stack)

    start = __enter__

    def stop(self) -> None:
        """End what `start` began."""
        self.__exit__(None, None, None)

    @property
    def function_events(self) -> EventList:
        """All events, in the order in which they began. Raises SourceADError while the block still runs."""
        if self._events is None:
            if not self.enabled:
                return EventList()
            raise SourceADError("the profile has not ended yet", "Look at it after the `with` block.")
        return self._events

    events = function_events.fget  # type: ignore[attr-defined]

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0) -> EventList:
        """Averages by name; see `EventList.key_averages`."""
        return self.function_events.key_averages(group_by_input_shape, group_by_stack_n)

    def total_average(self) -> Average:
        """All events as one."""
        return self.function_events.total_average()

    def table(self, *args: Any, **kwargs: Any) -> str:
        """The table of all events, one by one; see `EventList.table`."""
        return self.function_events.table(*args, **kwargs)

    def export_chrome_trace(self, path: str) -> None:
        """Write a file that Chrome's tracing page and Perfetto open."""
        self.function_events.export_chrome_trace(path)

    @property
    def self_cpu_time_total(self) -> float:
        """The time of all events in microseconds."""
        return self.function_events.self_cpu_time_total

    def __str__(self) -> str:
        return "<unfinished profile>" if self._events is None else self.key_averages().table()


class record_function:
    """A context manager and decorator: what runs inside is one event of this name in a profile, if there is one."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._open: list[tuple[Recorder, Event] | None] = []

    def __enter__(self) -> record_function:
        recorder = watch.observer
        self._open.append((recorder, recorder.begin_label(self.name)) if isinstance(recorder, Recorder) else None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        begun = self._open.pop()
        if begun is not None:
            recorder, event = begun
            recorder.leave(event, None)

    def __call__(self, function: F) -> F:
        name = self.name

        @functools.wraps(function)
        def labelled(*args: Any, **kwargs: Any) -> Any:
            with record_function(name):
                return function(*args, **kwargs)

        return labelled  # type: ignore[return-value]
