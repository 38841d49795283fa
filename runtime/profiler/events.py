"""What a profile holds: events that nest in one another, and their averages by name.

All times are in microseconds, as PyTorch gives them; memory is in bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from runtime.profiler import chrome, table

OPERATION, GRADIENT, LABEL = "cpu_op", "backward", "user_annotation"


class Event:
    """One run of an operation, of a node's backward pass, or of a part of the program that has a label.

    `own_bytes` are those of the arrays that it made and handed on. `stack` are the user's lines that led to it, the
    innermost first, where these were asked for.
    """

    __slots__ = ("children", "end", "kind", "name", "own_bytes", "parent", "shapes", "stack", "start", "thread")

    def __init__(self, name: str, kind: str, parent: Event | None, thread: int) -> None:
        self.name = name
        self.kind = kind
        self.parent = parent
        self.thread = thread
        self.children: list[Event] = []
        self.shapes: list[Any] = []
        self.stack: tuple[str, ...] = ()
        self.own_bytes = 0
        self.start = 0
        self.end = 0

    @property
    def cpu_time_total(self) -> float:
        """Time from its beginning to its end."""
        return (self.end - self.start) / 1000.0

    @property
    def self_cpu_time_total(self) -> float:
        """The same without the events inside it."""
        return self.cpu_time_total - sum(child.cpu_time_total for child in self.children)

    @property
    def cpu_memory_usage(self) -> int:
        """Bytes of new arrays, with the events inside it."""
        return self.own_bytes + sum(child.cpu_memory_usage for child in self.children)

    @property
    def self_cpu_memory_usage(self) -> int:
        """The same without the events inside it."""
        return self.own_bytes

    @property
    def input_shapes(self) -> list[Any]:
        """Shapes of the inputs, where these were asked for; [] for what is no array."""
        return self.shapes

    @property
    def cpu_parent(self) -> Event | None:
        """The event that this one lies in."""
        return self.parent

    @property
    def cpu_children(self) -> list[Event]:
        """The events that lie in this one."""
        return self.children

    def __repr__(self) -> str:
        return f"<Event {self.name} cpu_time={table.time_text(self.cpu_time_total)} input_shapes={self.shapes}>"


class Average:
    """All events of one name, and where grouped so, of one list of input shapes or one place in the source."""

    def __init__(self, key: str, input_shapes: list[Any], stack: tuple[str, ...] = ()) -> None:
        self.key = key
        self.input_shapes = input_shapes
        self.stack = stack
        self.count = 0
        self.cpu_time_total = 0.0
        self.self_cpu_time_total = 0.0
        self.cpu_memory_usage = 0
        self.self_cpu_memory_usage = 0

    def add(self, event: Event, nested: bool = False) -> None:
        """Count an event; one that lies in another of the same kind adds to the own time and memory only."""
        self.count += 1
        self.self_cpu_time_total += event.self_cpu_time_total
        self.self_cpu_memory_usage += event.self_cpu_memory_usage
        if not nested:
            self.cpu_time_total += event.cpu_time_total
            self.cpu_memory_usage += event.cpu_memory_usage

    @property
    def cpu_time(self) -> float:
        """Mean time of one call."""
        return self.cpu_time_total / self.count if self.count else 0.0

    def __repr__(self) -> str:
        times = f"self_cpu_time={table.time_text(self.self_cpu_time_total)} cpu_time={table.time_text(self.cpu_time)}"
        return f"<Average key={self.key} count={self.count} {times} input_shapes={self.input_shapes}>"


class EventList(list[Any]):
    """Events in the order in which they began, or averages of them."""

    def __init__(self, events: Iterable[Any] = (), profile_memory: bool = False, with_stack: bool = False) -> None:
        super().__init__(events)
        self.profile_memory = profile_memory
        self.with_stack = with_stack

    @property
    def self_cpu_time_total(self) -> float:
        """The time of all events, none counted twice."""
        return sum(event.self_cpu_time_total for event in self)

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0) -> EventList:
        """Averages by name; also by input shapes, and by the innermost `group_by_stack_n` lines of the user's."""
        found: dict[Any, Average] = {}
        for event in self:
            key = _key(event, group_by_input_shape, group_by_stack_n)
            if key not in found:
                shapes = event.shapes if group_by_input_shape else []
                found[key] = Average(event.name, shapes, event.stack[:group_by_stack_n])
            found[key].add(event, _lies_in(event, key, group_by_input_shape, group_by_stack_n))
        return EventList(found.values(), self.profile_memory, self.with_stack and group_by_stack_n > 0)

    def total_average(self) -> Average:
        """All events as one."""
        total = Average("Total", [])
        for event in self:
            total.add(event, event.parent is not None)
        return total

    def table(
        self,
        sort_by: str | None = None,
        row_limit: int = 100,
        max_src_column_width: int = 75,
        max_name_column_width: int = 55,
        max_shapes_column_width: int = 80,
        header: str | None = None,
        top_level_events_only: bool = False,
    ) -> str:
        """A table of at most `row_limit` rows, the largest first of what `sort_by` names.

        `sort_by` is one of "count", "cpu_time", "cpu_time_total", "self_cpu_time_total", "cpu_memory_usage" and
        "self_cpu_memory_usage"; without it the order is that of the first calls. Raises ValueError for another name.
        """
        rows = [row for row in self if not (top_level_events_only and getattr(row, "parent", None))]
        widths = table.Widths(max_name_column_width, max_shapes_column_width, max_src_column_width)
        return table.render(rows, self, sort_by, row_limit, widths, header)

    def export_chrome_trace(self, path: str) -> None:
        """Write the events in the format of Chrome's tracing page and of Perfetto (https://ui.perfetto.dev)."""
        chrome.write(self, path)

    def __str__(self) -> str:
        return self.table()

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self.table())}</pre>"


def _key(event: Event, by_shape: bool, lines: int) -> Any:
    return event.name, repr(event.shapes) if by_shape else "", event.stack[:lines]


def _lies_in(event: Event, key: Any, by_shape: bool, lines: int) -> bool:
    """Whether an event around this one falls under the same key, so that its time is counted already."""
    parent = event.parent
    while parent is not None:
        if _key(parent, by_shape, lines) == key:
            return True
        parent = parent.parent
    return False
