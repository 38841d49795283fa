"""Random Tensors. The numbers are NumPy's, so a seed gives others than in PyTorch."""

from __future__ import annotations

from typing import Any

import numpy as np

from runtime import devices, dtypes
from runtime.creation import floating_type, shape_of
from runtime.generator import Generator, default_generator, stream_of
from runtime.inplace import overwrite
from runtime.kernels import still
from runtime.operations.calling import as_input, call, constant, refuse
from runtime.tensor import Tensor


def _made(numbers: Any, dtype: np.dtype, requires_grad: bool) -> Any:
    found = Tensor.wrap(np.asarray(numbers).astype(dtype))
    return found.requires_grad_() if requires_grad else found


def rand(
    *sizes: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Any:
    """Uniform numbers from 0 up to 1."""
    devices.checked(device)
    kind = floating_type(dtype)
    drawn = stream_of(generator).random(shape_of(sizes, size), np.float32 if kind == np.float32 else np.float64)
    return _made(drawn, kind, requires_grad)


def randn(
    *sizes: Any,
    size: Any = None,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Any:
    """Normal numbers of mean 0 and variance 1."""
    devices.checked(device)
    kind = floating_type(dtype)
    stream, shape = stream_of(generator), shape_of(sizes, size)
    if kind.kind == "c":
        both = stream.standard_normal((2, *shape)) * np.sqrt(0.5)
        return _made(both[0] + 1j * both[1], kind, requires_grad)
    drawn = stream.standard_normal(shape, np.float32 if kind == np.float32 else np.float64)
    return _made(drawn, kind, requires_grad)


def randint(
    *bounds: Any,
    generator: Generator | None = None,
    dtype: Any = dtypes.int64,
    device: Any = None,
    requires_grad: bool = False,
    **named: Any,
) -> Any:
    """Integers from `low` (0 if left out) up to but not including `high`: `randint(low, high, size)`."""
    devices.checked(device)
    names = ["low", "high", "size"][-3 if len(bounds) + len(named) >= 3 else -2 :]
    given = {"low": 0, **dict(zip([n for n in names if n not in named], bounds, strict=True)), **named}
    if int(given["low"]) >= int(given["high"]):
        refuse(
            f"randint draws from low up to but not including high, and from {given['low']} to {given['high']} is none"
        )
    drawn = stream_of(generator).integers(int(given["low"]), int(given["high"]), shape_of((given["size"],)))
    return _made(drawn, dtypes.numpy_dtype(dtype), requires_grad)


def randperm(n: int, *, generator: Generator | None = None, dtype: Any = dtypes.int64, device: Any = None) -> Any:
    """0 to n - 1 in random order."""
    devices.checked(device)
    return _made(stream_of(generator).permutation(n), dtypes.numpy_dtype(dtype), False)


def rand_like(input: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Any:
    """Uniform numbers from 0 up to 1, of the shape and type of another Tensor."""
    return rand(input._data.shape, dtype=dtype or input._data.dtype, device=device, requires_grad=requires_grad)


def randn_like(input: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Any:
    """Normal numbers of mean 0 and variance 1, of the shape and type of another Tensor."""
    return randn(input._data.shape, dtype=dtype or input._data.dtype, device=device, requires_grad=requires_grad)


def randint_like(input: Any, *bounds: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Any:
    """Integers between bounds, of the shape and type of another Tensor."""
    kind = dtype or input._data.dtype
    return randint(*bounds, input._data.shape, dtype=kind, device=device, requires_grad=requires_grad)


def bernoulli(input: Any, p: float | None = None, *, generator: Generator | None = None) -> Any:
    """1 with the probability that each element gives (or `p`), else 0. Its derivative is 0."""
    chances = constant(input) if p is None else np.full(constant(input).shape, p)
    if chances.size and (chances.min() < 0 or chances.max() > 1):
        refuse("Expected p_in >= 0 && p_in <= 1 to be true")
    x = as_input(input)
    drawn = (stream_of(generator).random(chances.shape) < chances).astype(x._data.dtype)
    return call(still, drawn, x) if drawn.dtype.kind == "f" else Tensor.wrap(drawn)


def normal(mean: Any = 0.0, std: Any = 1.0, size: Any = None, *, generator: Generator | None = None) -> Any:
    """Normal numbers with the means and deviations given. No derivative passes."""
    mean_data, std_data = constant(mean), constant(std)
    shape = np.broadcast_shapes(mean_data.shape, std_data.shape) if size is None else shape_of((size,))
    given = [x._data.dtype for x in (mean, std) if isinstance(x, Tensor)]
    kind = np.result_type(*given) if given else dtypes.default_numpy()
    return _made(mean_data + std_data * stream_of(generator).standard_normal(shape), kind, False)


def poisson(input: Any, generator: Generator | None = None) -> Any:
    """Counts of events at the rates given. No derivative passes."""
    return _made(stream_of(generator).poisson(constant(input)), constant(input).dtype, False)


def binomial(count: Any, prob: Any, generator: Generator | None = None) -> Any:
    """How many of `count` trials succeed, each with probability `prob`. No derivative passes."""
    drawn = stream_of(generator).binomial(constant(count).astype(np.int64), constant(prob))
    return _made(drawn, constant(count).dtype, False)


def multinomial(input: Any, num_samples: int, replacement: bool = False, *, generator: Generator | None = None) -> Any:
    """Places drawn with the weights of each row, with or without putting them back."""
    weights = constant(as_input(input)).astype(np.float64)
    rows = np.atleast_2d(weights)
    if not np.all(np.isfinite(rows)) or np.any(rows < 0) or not np.all(np.any(rows > 0, axis=1)):
        refuse("the weights of multinomial must be finite numbers of at least 0, and some above 0 in every row")
    if not replacement and np.any(np.count_nonzero(rows, axis=1) < num_samples):
        refuse("cannot sample n_sample > prob_dist.size(-1) samples without replacement")
    stream = stream_of(generator)
    drawn = [stream.choice(len(row), num_samples, replacement, row / row.sum()) for row in rows]
    return _made(np.reshape(drawn, (*weights.shape[:-1], num_samples)), np.dtype(np.int64), False)


# In place.


def _filled(x: Any, numbers: Any) -> Any:
    return overwrite(x, np.asarray(numbers).astype(x._data.dtype))


def uniform_(input: Any, from_: float = 0.0, to: float = 1.0, *, generator: Generator | None = None) -> Any:
    """Fill with uniform numbers."""
    return _filled(input, stream_of(generator).uniform(from_, to, input._data.shape))


def normal_(input: Any, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Any:
    """Fill with normal numbers."""
    return _filled(input, mean + std * stream_of(generator).standard_normal(input._data.shape))


def exponential_(input: Any, lambd: float = 1.0, *, generator: Generator | None = None) -> Any:
    """Fill with exponentially distributed numbers of the rate `lambd`."""
    return _filled(input, stream_of(generator).exponential(1.0 / lambd, input._data.shape))


def log_normal_(input: Any, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None) -> Any:
    """Fill with exponentials of normal numbers."""
    return _filled(input, stream_of(generator).lognormal(mean, std, input._data.shape))


def cauchy_(input: Any, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None) -> Any:
    """Fill with Cauchy-distributed numbers."""
    return _filled(input, median + sigma * stream_of(generator).standard_cauchy(input._data.shape))


def geometric_(input: Any, p: float, *, generator: Generator | None = None) -> Any:
    """Fill with the numbers of trials until one succeeds."""
    return _filled(input, stream_of(generator).geometric(p, input._data.shape))


def bernoulli_(input: Any, p: Any = 0.5, *, generator: Generator | None = None) -> Any:
    """Fill with 1 with probability `p`, else 0."""
    return _filled(input, stream_of(generator).random(input._data.shape) < constant(p))


def random_(input: Any, from_: int = 0, to: int | None = None, *, generator: Generator | None = None) -> Any:
    """Fill with integers from `from_` up to but not including `to`; with one bound, that is `to`."""
    if to is None:
        kind = input._data.dtype
        # As many integers as the type counts without a gap.
        limit = 2 ** (np.finfo(kind).nmant + 1) + 1 if kind.kind == "f" else int(np.iinfo(kind).max)
        from_, to = (0, from_) if from_ else (0, limit)
    return _filled(input, stream_of(generator).integers(from_, to, input._data.shape))


def initial_seed() -> int:
    """The seed of the default generator."""
    return default_generator.initial_seed()


def seed() -> int:
    """Give the default generator a seed that nobody knows yet; returns it."""
    return default_generator.seed()


def get_rng_state() -> Any:
    """Where the default generator stands."""
    return default_generator.get_state()


def set_rng_state(new_state: Any) -> None:
    """Put the default generator where `get_rng_state` found it."""
    default_generator.set_state(new_state)
