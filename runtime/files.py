"""`save` and `load`: Tensors in lists and dicts to files that hold no code.

The format is safetensors. A dict of Tensors by name is such a file as any other program reads it. Everything around
Tensors (the order of names, numbers, texts, nested lists and dicts, as in the states of optimizers) stands in the
file's own notes as JSON. Nothing is pickled, so loading runs no code of the file.
"""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path
from typing import Any

import numpy as np

from runtime.errors import MissingExtra, SourceADError
from runtime.tensor import Tensor

_NOTE = "structure"


def save(obj: Any, f: Any) -> None:
    """Write Tensors, arrays, numbers, texts and None, nested in dicts, lists and tuples, to a path or open file.

    Raises SourceADError for anything else, and MissingExtra where the library for the format is not installed.
    """
    arrays: dict[str, np.ndarray] = {}
    structure = _described(obj, "", arrays)
    content = _library().save(arrays, {_NOTE: json.dumps(structure)})
    if isinstance(f, (str, os.PathLike)):
        Path(f).write_bytes(content)
    else:
        f.write(content)


def load(f: Any, map_location: Any = None, *, weights_only: bool = True) -> Any:
    """Read what `save` wrote, or a safetensors file of another program, which gives a dict of Tensors by name.

    Tensors are leaves that require no gradient. `map_location` may only name the CPU. No code of a file is ever run,
    whatever `weights_only` says.
    """
    if map_location is not None and str(map_location) != "cpu":
        raise SourceADError(f"a file can only be loaded to the CPU, not to {map_location}", "Move the Tensors after.")
    content = Path(f).read_bytes() if isinstance(f, (str, os.PathLike)) else f.read()
    arrays = _library().load(content)
    notes = _notes(content)
    if _NOTE not in notes:
        return {name: Tensor.wrap(array) for name, array in arrays.items()}
    return _rebuilt(json.loads(notes[_NOTE]), arrays)


def _library() -> Any:
    try:
        import safetensors.numpy
    except ImportError:
        raise MissingExtra(
            "saving and loading need the library `safetensors`, which is not installed",
            "Install it with: pip install 'sourcead[safetensors]'",
        ) from None
    return safetensors.numpy


def _notes(content: bytes) -> dict[str, str]:
    """The notes at the head of a file: its first 8 bytes are the length of the JSON that follows."""
    (length,) = struct.unpack("<Q", content[:8])
    return json.loads(content[8 : 8 + length]).get("__metadata__") or {}


def _described(value: Any, path: str, arrays: dict[str, np.ndarray]) -> Any:
    """The value in JSON's terms; what is no JSON becomes a list that begins with its kind."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, (Tensor, np.ndarray)):
        name = path or "value"
        while name in arrays:
            name += "'"
        arrays[name] = np.asarray(value._data if isinstance(value, Tensor) else value, order="C")
        return ["tensor" if isinstance(value, Tensor) else "array", name]
    if isinstance(value, np.generic):
        return value.item()
    inside = f"{path}." if path else ""
    if isinstance(value, dict):
        return ["dict", [[_key(key), _described(v, f"{inside}{key}", arrays)] for key, v in value.items()]]
    if isinstance(value, (list, tuple)):
        kind = "list" if isinstance(value, list) else "tuple"
        return [kind, [_described(element, f"{inside}{k}", arrays) for k, element in enumerate(value)]]
    raise SourceADError(
        f"save cannot write {f'`{path}`, ' if path else ''}a {type(value).__name__}",
        "Save what it consists of: model.state_dict(), optimizer.state_dict(), numbers, texts, lists and dicts.",
    )


def _key(key: Any) -> Any:
    if type(key) not in (str, int, bool, float):
        raise SourceADError(f"save cannot write a dict with the key {key!r}", "Use texts or numbers as keys.")
    return key


def _rebuilt(structure: Any, arrays: dict[str, np.ndarray]) -> Any:
    if type(structure) is not list:
        return structure
    kind, content = structure
    if kind in ("tensor", "array"):
        return Tensor.wrap(arrays[content]) if kind == "tensor" else arrays[content]
    if kind == "dict":
        return {key: _rebuilt(value, arrays) for key, value in content}
    found = [_rebuilt(element, arrays) for element in content]
    return found if kind == "list" else tuple(found)
