"""Samples put together into a batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from runtime.creation import tensor
from runtime.lifting import call
from runtime.tensor import Tensor


def default_collate(batch: Sequence[Any]) -> Any:
    """Tensors and arrays stacked along a new first axis, numbers as one Tensor, texts as a list.

    Tuples, lists and dicts of these give lists and dicts of batches. Raises TypeError for anything else.
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return call(np.stack, list(batch))
    if isinstance(first, (np.ndarray, np.generic)):
        if first.dtype.kind not in "biufc":
            raise TypeError(f"a batch cannot hold arrays of {first.dtype}")
        return Tensor.wrap(np.stack([np.asarray(element) for element in batch]))
    if isinstance(first, (bool, int)):
        return tensor(list(batch))
    if isinstance(first, float):
        return Tensor.wrap(np.array(batch, np.float64))
    if isinstance(first, (str, bytes)):
        return list(batch)
    if isinstance(first, Mapping):
        return {key: default_collate([sample[key] for sample in batch]) for key in first}
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*[default_collate(column) for column in zip(*batch, strict=True)])
    if isinstance(first, (tuple, list)):
        if any(len(sample) != len(first) for sample in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        return [default_collate(column) for column in zip(*batch)]
    raise TypeError(f"a batch holds Tensors, arrays, numbers, texts, dicts or lists, but found {type(first).__name__}")
