"""Tensors and Modules as HTML, for notebooks."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from runtime import printing

_CELL = "text-align:right;font-family:monospace"


def tensor_html(tensor: Any) -> str:
    """A caption with shape, dtype and place in the graph, and the elements: a table for up to two axes, else text."""
    data: np.ndarray = tensor._data
    shape = " × ".join(map(str, data.shape)) or "one number"
    facts = [f"Tensor, {shape}", data.dtype.name]
    if tensor.grad_fn is not None:
        facts.append(f"grad_fn={tensor.grad_fn.name()}")
    elif tensor.requires_grad:
        facts.append("requires_grad")
    caption = escape(", ".join(facts))
    if data.size == 0 or data.ndim not in (1, 2):
        return f"<div><div>{caption}</div><pre>{escape(repr(tensor))}</pre></div>"
    body = "".join(f"<tr>{''.join(_cells(row))}</tr>" for row in _texts(np.atleast_2d(data)))
    return f"<table><caption>{caption}</caption><tbody>{body}</tbody></table>"


def _texts(data: np.ndarray) -> list[list[str]]:
    """The elements of a matrix as they are printed, a gap for what a summary leaves out."""
    options = printing.get_printoptions()
    summarised = data.size > options.threshold
    shown = printing.ends(data, options.edgeitems) if summarised else data
    write = printing.cells(shown, options).text
    texts = [[write(value).strip() for value in row] for row in shown.tolist()]
    if summarised and data.shape[1] > 2 * options.edgeitems:
        texts = [[*row[: options.edgeitems], "…", *row[options.edgeitems :]] for row in texts]
    if summarised and data.shape[0] > 2 * options.edgeitems:
        texts = [*texts[: options.edgeitems], ["…"] * len(texts[0]), *texts[options.edgeitems :]]
    return texts


def _cells(row: list[str]) -> list[str]:
    return [f'<td style="{_CELL}">{escape(text)}</td>' for text in row]


def module_html(module: Any, label: str = "") -> str:
    """A Module as a tree to open and close, with the shapes of its parameters and their number."""
    count = sum(parameter.numel() for parameter in module.parameters())
    title = f"{label}: " if label else ""
    extra = f"({module.extra_repr()})" if module.extra_repr() else ""
    head = f"{escape(title)}<b>{escape(type(module).__name__)}</b>{escape(extra)} <i>{count:,} parameters</i>"
    own = [
        f"<li><code>{escape(name)}</code> {escape(' × '.join(map(str, parameter.shape)) or 'one number')}</li>"
        for name, parameter in module.named_parameters(recurse=False)
    ]
    inner = [f"<li>{module_html(child, name)}</li>" for name, child in module.named_children()]
    if not own and not inner:
        return f"<div>{head}</div>"
    return f"<details{' open' if not label else ''}><summary>{head}</summary><ul>{''.join(own + inner)}</ul></details>"
