"""`torch.profiler.profile`: a profile of a whole block, or by a schedule of the steps of a loop."""

from __future__ import annotations

import enum
import os
import socket
import time
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any

from runtime.observing import watch
from runtime.profiler.events import EventList
from runtime.profiler.recorder import Recorder
from runtime.profiler.session import Session, record_function


class ProfilerActivity(enum.Enum):
    """What is timed. There is only the CPU."""

    CPU = "cpu"
    CUDA = "cuda"


class ProfilerAction(enum.Enum):
    """What is done in a step: nothing, nothing yet, recording, recording the last step of a cycle."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3


_RECORDING = (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE)


def schedule(
    *, wait: int, warmup: int, active: int, repeat: int = 0, skip_first: int = 0
) -> Callable[[int], ProfilerAction]:
    """Cycles of `wait` and `warmup` steps that are not recorded and `active` ones that are, after `skip_first` steps.

    There are `repeat` cycles; with 0 they go on until the end. Raises ValueError for numbers that make no cycle.
    """
    if min(wait, warmup, repeat, skip_first) < 0 or active < 1:
        raise ValueError("a schedule needs at least one active step, and no number below 0")
    length = wait + warmup + active

    def action(step: int) -> ProfilerAction:
        if step < skip_first or repeat and (step - skip_first) // length >= repeat:
            return ProfilerAction.NONE
        place = (step - skip_first) % length
        if place < wait + warmup:
            return ProfilerAction.NONE if place < wait else ProfilerAction.WARMUP
        return ProfilerAction.RECORD_AND_SAVE if place == length - 1 else ProfilerAction.RECORD

    return action


def tensorboard_trace_handler(dir_name: str, worker_name: str | None = None) -> Callable[[Any], None]:
    """A function for `on_trace_ready` that writes each trace to a file of its own in a directory."""

    def handler(profile: Any) -> None:
        os.makedirs(dir_name, exist_ok=True)
        worker = worker_name or f"{socket.gethostname()}_{os.getpid()}"
        profile.export_chrome_trace(os.path.join(dir_name, f"{worker}.{time.time_ns()}.pt.trace.json"))

    return handler


class profile(Session):
    """A Session with the arguments of `torch.profiler.profile`.

    With a `schedule`, a function of the number of a step, only some steps are recorded; `step()` says where one ends.
    `on_trace_ready(profile)` is called at the end of each recorded cycle, or of the block where there is no schedule.
    """

    def __init__(
        self,
        *,
        activities: Iterable[ProfilerActivity] | None = None,
        schedule: Callable[[int], ProfilerAction] | None = None,
        on_trace_ready: Callable[[Any], Any] | None = None,
        record_shapes: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
    ) -> None:
        super().__init__(
            use_cuda=activities is not None and ProfilerActivity.CUDA in activities,
            record_shapes=record_shapes,
            profile_memory=profile_memory,
            with_stack=with_stack,
        )
        self.schedule = schedule
        self.on_trace_ready = on_trace_ready
        self.step_num = 0
        self._label: record_function | None = None
        self._action = ProfilerAction.RECORD if schedule is None else schedule(0)

    def __enter__(self) -> profile:
        if self.schedule is None:
            super().__enter__()
        else:
            self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self.schedule is None:
            super().__exit__(kind, error, where)
            if self.on_trace_ready is not None:
                self.on_trace_ready(self)
        else:
            self._end(save=self._action in _RECORDING)

    def step(self) -> None:
        """The end of a step. Without a schedule it does nothing."""
        self.step_num += 1
        if self.schedule is None:
            return
        following = self.schedule(self.step_num)
        last = self._action is ProfilerAction.RECORD_AND_SAVE
        if last or self._action in _RECORDING and following not in _RECORDING:
            self._end(save=True)
        elif self._label is not None:
            self._label.__exit__(None, None, None)
            self._label = None
        self._action = following
        self._begin()

    def _begin(self) -> None:
        """Go on recording, or begin to, where the next step is to be recorded."""
        if self._action not in _RECORDING:
            return
        if watch.observer is None:
            self._recorder = Recorder(self.record_shapes, self.profile_memory, self.with_stack)
            self._events = None
            super().__enter__()
        self._label = record_function(f"ProfilerStep#{self.step_num}")
        self._label.__enter__()

    def _end(self, save: bool) -> None:
        """The end of a cycle."""
        if self._label is not None:
            self._label.__exit__(None, None, None)
            self._label = None
        if watch.observer is not self._recorder:
            return
        watch.observer = None
        self._events = EventList(self._recorder.stop(), self.profile_memory, self.with_stack)
        if save and self.on_trace_ready is not None:
            self.on_trace_ready(self)
