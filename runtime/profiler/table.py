"""The printed table of a profile, laid out as PyTorch's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

SORTABLE = (
    "count",
    "cpu_time",
    "cpu_time_total",
    "self_cpu_time_total",
    "cpu_memory_usage",
    "self_cpu_memory_usage",
)
_WIDTH = 12
_GAP = "  "


class Widths(NamedTuple):
    """The most characters that the columns of names, of shapes and of places in the source may have."""

    name: int
    shapes: int
    source: int


class _Column(NamedTuple):
    title: str
    width: int
    cell: Callable[[Any], str]


def time_text(microseconds: float) -> str:
    """A time in the unit that suits it: `1.250ms`."""
    if microseconds >= 1e6:
        return f"{microseconds / 1e6:.3f}s"
    return f"{microseconds / 1e3:.3f}ms" if microseconds >= 1e3 else f"{microseconds:.3f}us"


def memory_text(count: int) -> str:
    """A number of bytes in the unit that suits it: `4.69 KB`."""
    for power, unit in ((3, "GB"), (2, "MB"), (1, "KB")):
        if abs(count) >= 1024**power:
            return f"{count / 1024**power:.2f} {unit}"
    return f"{count} B"


def render(
    rows: Sequence[Any], whole: Any, sort_by: str | None, row_limit: int, widths: Widths, header: str | None
) -> str:
    """The table of `rows`, with shares of the time of the `whole` list that they are from."""
    if sort_by is not None and sort_by not in SORTABLE:
        raise ValueError(f"sort_by is one of {', '.join(SORTABLE)}, not {sort_by!r}")
    if not rows:
        return ""
    if sort_by is not None:
        rows = sorted(rows, key=lambda row: getattr(row, sort_by), reverse=True)
    total = whole.self_cpu_time_total
    columns = _columns(rows, whole, total, widths)
    rule = _line(["-" * column.width for column in columns], columns)
    lines = [] if header is None else ["=" * (len(rule) - len(_GAP)), header]
    lines += [rule, _line([column.title for column in columns], columns), rule]
    lines += [_line([column.cell(row) for column in columns], columns) for row in rows[:row_limit]]
    return "\n".join([*lines, rule, f"Self CPU time total: {time_text(total)}", ""])


def _line(cells: list[str], columns: list[_Column]) -> str:
    return "".join(f"{cell:>{column.width}}{_GAP}" for cell, column in zip(cells, columns))


def _columns(rows: Sequence[Any], whole: Any, total: float, widths: Widths) -> list[_Column]:
    def share(part: float) -> str:
        return f"{100.0 * part / total:.2f}%" if total > 0.0 else "NaN"

    columns = [
        _text_column("Name", _name, rows, widths.name),
        _Column("Self CPU %", _WIDTH, lambda row: share(row.self_cpu_time_total)),
        _Column("Self CPU", _WIDTH, lambda row: time_text(row.self_cpu_time_total)),
        _Column("CPU total %", _WIDTH, lambda row: share(row.cpu_time_total)),
        _Column("CPU total", _WIDTH, lambda row: time_text(row.cpu_time_total)),
        _Column("CPU time avg", _WIDTH, lambda row: time_text(row.cpu_time_total / _count(row))),
    ]
    if whole.profile_memory:
        columns += [
            _Column("CPU Mem", _WIDTH, lambda row: memory_text(row.cpu_memory_usage)),
            _Column("Self CPU Mem", _WIDTH, lambda row: memory_text(row.self_cpu_memory_usage)),
        ]
    columns.append(_Column("# of Calls", _WIDTH, lambda row: str(_count(row))))
    if any(row.input_shapes for row in rows):
        columns.append(_text_column("Input Shapes", lambda row: str(row.input_shapes), rows, widths.shapes))
    if whole.with_stack:
        columns.append(_text_column("Source Location", lambda row: "; ".join(row.stack), rows, widths.source))
    return columns


def _name(row: Any) -> str:
    return getattr(row, "key", None) or row.name


def _count(row: Any) -> int:
    return getattr(row, "count", 1)


def _text_column(title: str, text: Callable[[Any], str], rows: Sequence[Any], most: int) -> _Column:
    """A column as wide as its longest text and a margin, but not above `most`: longer texts are cut."""
    width = min(most, max(_WIDTH, max(len(text(row)) for row in rows) + 4))

    def cell(row: Any) -> str:
        whole = text(row)
        return whole if len(whole) <= width - 3 else whole[: width - 3] + "..."

    return _Column(title, width, cell)
