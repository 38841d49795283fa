"""Layers, losses and optimizers of `runtime` beside PyTorch's eager mode, with the same sizes.

    python -m benchmarks.layers [--quick]

The results of each pair are compared before they are timed: every layer has PyTorch's weights.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import math
import statistics
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import runtime
from benchmarks import report, threads, timing


class Layer(NamedTuple):
    """A Module by its name and arguments, and the shape of its input."""

    name: str
    arguments: tuple[Any, ...]
    shape: tuple[int, ...]


LAYERS = [
    Layer("Linear", (64, 64), (16, 64)),
    Layer("Linear", (512, 512), (256, 512)),
    Layer("Conv2d", (1, 16, 3), (64, 1, 28, 28)),
    Layer("Conv2d", (16, 32, 3, 1, 1), (32, 16, 14, 14)),
    Layer("Conv2d", (64, 64, 3, 1, 1), (8, 64, 28, 28)),
    Layer("Conv2d", (64, 64, 3, 1, 1, 1, 64), (8, 64, 28, 28)),
    Layer("Conv1d", (16, 32, 5), (32, 16, 128)),
    Layer("ConvTranspose2d", (32, 16, 4, 2, 1), (8, 32, 14, 14)),
    Layer("MaxPool2d", (2,), (32, 16, 28, 28)),
    Layer("AvgPool2d", (2,), (32, 16, 28, 28)),
    Layer("BatchNorm2d", (32,), (32, 32, 14, 14)),
    Layer("LayerNorm", (256,), (512, 256)),
    Layer("LSTM", (32, 64), (20, 16, 32)),
    Layer("GRU", (32, 64), (20, 16, 32)),
    Layer("TransformerEncoderLayer", (64, 4, 128, 0.0), (20, 16, 64)),
]
OPTIMIZERS = ["SGD", "Adam", "AdamW", "RMSprop"]
SIZES = [(64, 64), (64,), (256, 64), (256,), (10, 256), (10,)]
PARAMETERS = sum(math.prod(shape) for shape in SIZES)


def first(result: Any) -> Any:
    """The output of layers that return more."""
    return result[0] if isinstance(result, tuple) else result


def pair(layer: Layer) -> dict[str, Callable[[], Any]]:
    """Forward and backward of both libraries' layers, with the same weights, input and cotangent."""
    torch = importlib.import_module("torch")
    theirs = getattr(torch.nn, layer.name)(*layer.arguments)
    ours = getattr(runtime.nn, layer.name)(*layer.arguments)
    ours.load_state_dict({name: runtime.tensor(value.numpy()) for name, value in theirs.state_dict().items()})
    random = np.random.default_rng(0)
    array = random.standard_normal(layer.shape).astype(np.float32)
    cotangent = random.standard_normal(tuple(first(theirs(torch.tensor(array))).shape)).astype(np.float32)

    def step_of(library: Any, module: Any) -> Callable[[], Any]:
        x, g = library.tensor(array, requires_grad=True), library.tensor(cotangent)

        def step() -> Any:
            module.zero_grad()
            x.grad = None
            first(module(x)).backward(g)
            return x.grad

        return step

    calls = {"torch": step_of(torch, theirs), "runtime": step_of(runtime, ours)}
    gradients = [call().numpy() for call in calls.values()]
    np.testing.assert_allclose(gradients[1], gradients[0], rtol=1e-2, atol=1e-3)
    return calls


def cross_entropies() -> dict[str, Callable[[], Any]]:
    """Cross-entropy of 256 rows with a thousand classes."""
    random = np.random.default_rng(0)
    scores, labels = random.standard_normal((256, 1000)).astype(np.float32), random.integers(0, 1000, 256)

    def step_of(library: Any) -> Callable[[], Any]:
        x, y = library.tensor(scores, requires_grad=True), library.tensor(labels)
        return lambda: library.nn.functional.cross_entropy(x, y).backward()

    return {"torch": step_of(importlib.import_module("torch")), "runtime": step_of(runtime)}


def optimizers(name: str) -> dict[str, Callable[[], Any]]:
    """One step on the parameters of a network of three layers."""

    def step_of(library: Any) -> Callable[[], Any]:
        random = np.random.default_rng(0)
        parameters = []
        for shape in SIZES:
            array = random.standard_normal(shape).astype(np.float32)
            parameters.append(library.nn.Parameter(library.tensor(array)))
            parameters[-1].grad = library.tensor(array * 1e-3)
        return getattr(library.optim, name)(parameters, lr=1e-3).step

    return {"torch": step_of(importlib.import_module("torch")), "runtime": step_of(runtime)}


def measure(title: str, calls: dict[str, Callable[[], Any]], rounds: int) -> dict[str, Any]:
    """Median times, the median of the ratios within a round, and the ratio of the fastest rounds."""
    samples = timing.side_by_side(calls, rounds, progress=lambda done: report.progress(f"{title}, {done}/{rounds}"))
    return {
        "title": title,
        **{name: statistics.median(taken) for name, taken in samples.items()},
        "ratio": timing.ratio(samples["runtime"], samples["torch"]),
        "fastest": min(samples["runtime"]) / min(samples["torch"]),
    }


def as_text(numbers: dict[str, Any]) -> str:
    """The tables."""
    paragraphs = [
        "# Layers beside PyTorch",
        f"{report.facts_as_text(numbers['environment'])}.",
        "Single precision, one thread, forward and backward together; a ratio is the median, over rounds in which both"
        " take turns, of `runtime`'s time by PyTorch's within a round. Beside it stands the ratio of the fastest"
        " rounds, which a busy machine disturbs least.",
    ]
    head = ["torch", "runtime", "runtime / torch", "fastest"]
    for title, found in numbers["tables"].items():
        rows = [
            [
                row["title"],
                *[report.duration(row[name]) for name in ("torch", "runtime")],
                *[report.factor(row[name]) for name in ("ratio", "fastest")],
            ]
            for row in found
        ]
        paragraphs.append(f"## {title}\n\n{report.table([title, *head], rows)}")
    return "\n\n".join(paragraphs)


def main() -> None:
    options = report.parser_for(__doc__).parse_args()
    threads.use_one_thread()
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    rounds = 2 if options.quick else 30
    layers = [
        measure(f"`{layer.name}{layer.arguments}` on {' x '.join(map(str, layer.shape))}", pair(layer), rounds)
        for layer in LAYERS
    ]
    layers.append(measure("cross-entropy of 256 x 1000 scores", cross_entropies(), rounds))
    steps = [measure(f"`{name}` on {PARAMETERS} parameters", optimizers(name), rounds) for name in OPTIMIZERS]
    numbers: dict[str, Any] = {
        "environment": report.environment() | {"torch": importlib.metadata.version("torch")},
        "tables": {"layer": layers, "optimizer's step": steps},
    }
    report.publish("layers", as_text(numbers), numbers, options)


if __name__ == "__main__":
    main()
