"""Common operations on tiny and middle Tensors beside PyTorch's: what one operation costs, forward and backward.

    python -m benchmarks.operations [--quick] [--only TEXT]

Every operation runs in both libraries on the same numbers, and results and gradients are compared before the first
measurement. On tiny Tensors the time is that of the library, on middle ones that of the arithmetic.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import statistics
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import runtime
from benchmarks import report, threads, timing

TINY, MIDDLE = (4, 6), (128, 256)
LIMITS = (1.0, 2.0)


class Operation(NamedTuple):
    """`call(library, x, y, w)` for either library.

    `x` and `y` have the shape of the size, `w` has the transposed one; all three require gradients. `inputs` says how
    many of them the call takes.
    """

    name: str
    call: Callable[..., Any]
    inputs: int = 1


def _labels(library: Any, x: Any) -> Any:
    return library.arange(x.shape[0]) % x.shape[1]


def _rows(library: Any, x: Any) -> Any:
    return library.arange(x.shape[0]) % 3


OPERATIONS = [
    Operation("x + y", lambda t, x, y: x + y, 2),
    Operation("x * y", lambda t, x, y: x * y, 2),
    Operation("x / y", lambda t, x, y: x / y, 2),
    Operation("x * 2.0", lambda t, x: x * 2.0),
    Operation("1.0 - x", lambda t, x: 1.0 - x),
    Operation("x + row", lambda t, x, y: x + y[0], 2),
    Operation("x ** 2", lambda t, x: x**2),
    Operation("-x", lambda t, x: -x),
    Operation("exp", lambda t, x: t.exp(x)),
    Operation("x.abs()", lambda t, x: x.abs()),
    Operation("clamp", lambda t, x: t.clamp(x, -0.5, 0.5)),
    Operation("maximum", lambda t, x, y: t.maximum(x, y), 2),
    Operation("where", lambda t, x, y: t.where(x > 0.0, x, y), 2),
    Operation("masked_fill", lambda t, x: x.masked_fill(x > 0.0, 0.0)),
    Operation("reshape", lambda t, x: x.reshape(-1)),
    Operation("view", lambda t, x: x.view(-1, 2)),
    Operation("flatten", lambda t, x: x.flatten()),
    Operation("transpose", lambda t, x: x.transpose(0, 1)),
    Operation("permute", lambda t, x: x.permute(1, 0)),
    Operation("x.T", lambda t, x: x.T),
    Operation("unsqueeze", lambda t, x: x.unsqueeze(0)),
    Operation("squeeze", lambda t, x: x.squeeze(0)),
    Operation("expand", lambda t, x: x.expand(3, *x.shape)),
    Operation("x[1]", lambda t, x: x[1]),
    Operation("x[1:3]", lambda t, x: x[1:3]),
    Operation("x[:, 1:3]", lambda t, x: x[:, 1:3]),
    Operation("x[rows]", lambda t, x: x[_rows(t, x)]),
    Operation("index_select", lambda t, x: x.index_select(0, _rows(t, x))),
    Operation("gather", lambda t, x: x.gather(1, _labels(t, x)[:, None])),
    Operation("sum", lambda t, x: x.sum()),
    Operation("sum(0)", lambda t, x: x.sum(0)),
    Operation("sum(-1, keepdim)", lambda t, x: x.sum(-1, keepdim=True)),
    Operation("mean", lambda t, x: x.mean()),
    Operation("mean(1)", lambda t, x: x.mean(1)),
    Operation("amax(1)", lambda t, x: x.amax(1)),
    Operation("max(1)", lambda t, x: x.max(1).values),
    Operation("var(1)", lambda t, x: x.var(1)),
    Operation("norm", lambda t, x: x.norm()),
    Operation("logsumexp", lambda t, x: t.logsumexp(x, 1)),
    Operation("cumsum", lambda t, x: x.cumsum(1)),
    Operation("softmax", lambda t, x: t.softmax(x, -1)),
    Operation("log_softmax", lambda t, x: t.log_softmax(x, -1)),
    Operation("cross_entropy", lambda t, x: t.nn.functional.cross_entropy(x, _labels(t, x))),
    Operation("mse_loss", lambda t, x, y: t.nn.functional.mse_loss(x, y), 2),
    Operation("cat", lambda t, x, y: t.cat([x, y]), 2),
    Operation("stack", lambda t, x, y: t.stack([x, y]), 2),
    Operation("split", lambda t, x: t.split(x, 2)[1]),
    Operation("chunk", lambda t, x: t.chunk(x, 2, 1)[0]),
    Operation("x @ w", lambda t, x, y, w: x @ w, 3),
    Operation("batched matmul", lambda t, x, y, w: t.matmul(x[None], w[None]), 3),
    Operation("einsum", lambda t, x, y, w: t.einsum("ij,jk->ik", x, w), 3),
    Operation("linear", lambda t, x, y: t.nn.functional.linear(x, y), 2),
    Operation("linear with bias", lambda t, x, y, w: t.nn.functional.linear(x, y, w[0]), 3),
    Operation("relu", lambda t, x: t.relu(x)),
    Operation("tanh", lambda t, x: t.tanh(x)),
    Operation("sigmoid", lambda t, x: t.sigmoid(x)),
    Operation("gelu", lambda t, x: t.nn.functional.gelu(x)),
    Operation("silu", lambda t, x: t.nn.functional.silu(x)),
    Operation("leaky_relu", lambda t, x: t.nn.functional.leaky_relu(x)),
    Operation("softplus", lambda t, x: t.nn.functional.softplus(x)),
    Operation("layer_norm", lambda t, x, y: t.nn.functional.layer_norm(x, x.shape[1:], y[0], y[1]), 2),
    Operation("batch_norm", lambda t, x, y: t.nn.functional.batch_norm(x, None, None, y[0], y[1], True), 2),
    Operation("embedding", lambda t, x: t.nn.functional.embedding(_rows(t, x), x)),
    Operation("clone", lambda t, x: x.clone()),
    Operation("detach", lambda t, x: x.detach()),
]


def pair(operation: Operation, shape: tuple[int, int]) -> dict[str, dict[str, Callable[[], Any]]]:
    """The operation forward, and forward and backward, in both libraries; results and gradients agree."""
    random = np.random.default_rng(0)
    arrays = [random.standard_normal(s).astype(np.float32) for s in (shape, shape, shape[::-1])]
    arrays = arrays[: operation.inputs]
    torch = importlib.import_module("torch")
    cotangent = random.standard_normal(tuple(operation.call(torch, *map(torch.tensor, arrays)).shape))
    calls: dict[str, dict[str, Callable[[], Any]]] = {"forward": {}, "both": {}}
    found = []
    for name, library in (("torch", torch), ("runtime", runtime)):
        tensors = [library.tensor(array, requires_grad=True) for array in arrays]
        g = library.tensor(cotangent.astype(np.float32))
        calls["forward"][name] = lambda library=library, tensors=tensors: operation.call(library, *tensors)
        if operation.name != "detach":
            calls["both"][name] = _step(operation, library, tensors, g)
            calls["both"][name]()
        calls["forward"][name]()
        found.append([operation.call(library, *tensors).detach(), *gradients(operation, library, tensors, g)])
    for ours, theirs in zip(found[1], found[0]):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-3, atol=1e-4)
    return {part: both for part, both in calls.items() if both}


def _step(operation: Operation, library: Any, tensors: list[Any], g: Any) -> Callable[[], None]:
    def step() -> None:
        operation.call(library, *tensors).backward(g)
        for tensor in tensors:
            tensor.grad = None

    return step


def gradients(operation: Operation, library: Any, tensors: list[Any], g: Any) -> list[Any]:
    """The gradients of all inputs that get one."""
    if operation.name == "detach":
        return []
    operation.call(library, *tensors).backward(g)
    found = [tensor.grad for tensor in tensors if tensor.grad is not None]
    for tensor in tensors:
        tensor.grad = None
    return found


def measure(operation: Operation, shape: tuple[int, int], rounds: int) -> dict[str, Any]:
    """Median times, the median of the ratios within a round, and the ratio of the fastest rounds."""
    row: dict[str, Any] = {"name": operation.name}
    for part, calls in pair(operation, shape).items():
        samples = timing.side_by_side(calls, rounds, shortest=1e-3)
        row[part] = {name: statistics.median(taken) for name, taken in samples.items()}
        row[part]["ratio"] = timing.ratio(samples["runtime"], samples["torch"])
        row[part]["fastest"] = min(samples["runtime"]) / min(samples["torch"])
    return row


def as_text(numbers: dict[str, Any]) -> str:
    """One table a size."""
    paragraphs = [
        "# Operations beside PyTorch",
        f"{report.facts_as_text(numbers['environment'])}.",
        "Single precision, one thread, all inputs require gradients. A ratio is the median, over rounds in which both"
        " take turns, of `runtime`'s time by PyTorch's within a round: forward alone, and forward and backward"
        " together with freeing the gradients. Beside it stands the ratio of the fastest rounds, which a busy machine"
        " disturbs least; these are counted below each table.",
    ]
    for size, rows in numbers["tables"].items():
        of_one = ["torch", "runtime", "ratio", "fastest"]
        head = ["operation", *of_one, *(f"both: {name}" for name in of_one)]
        lines = [
            [
                f"`{row['name']}`",
                *_cells(row["forward"]),
                *(_cells(row["both"]) if "both" in row else ["-"] * 4),
            ]
            for row in rows
        ]
        ratios = [row[part]["fastest"] for row in rows for part in ("forward", "both") if part in row]
        above = [sum(ratio > limit for ratio in ratios) for limit in LIMITS]
        paragraphs += [
            f"## {size.capitalize()}: {' x '.join(map(str, numbers['sizes'][size]))}",
            report.table(head, lines),
            f"{above[0]} of {len(ratios)} ratios are above {report.factor(LIMITS[0])}, {above[1]} above"
            f" {report.factor(LIMITS[1])}; the median is"
            f" {report.factor(statistics.median(ratios))}, the largest {report.factor(max(ratios))}.",
        ]
    return "\n\n".join(paragraphs)


def _cells(part: dict[str, float]) -> list[str]:
    times = [report.duration(part[name]) for name in ("torch", "runtime")]
    return [*times, report.factor(part["ratio"]), report.factor(part["fastest"])]


def main() -> None:
    parser = report.parser_for(__doc__)
    parser.add_argument("--only", default="", help="measure the operations whose names have this text, keep nothing")
    options = parser.parse_args()
    threads.use_one_thread()
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    rounds = 2 if options.quick else 25
    chosen = [operation for operation in OPERATIONS if options.only in operation.name]
    tables: dict[str, list[Any]] = {}
    for size, shape in (("tiny", TINY), ("middle", MIDDLE)):
        tables[size] = []
        for operation in chosen:
            report.progress(f"{size}: {operation.name}")
            tables[size].append(measure(operation, shape, rounds))
    numbers: dict[str, Any] = {
        "environment": report.environment() | {"torch": importlib.metadata.version("torch")},
        "sizes": {"tiny": TINY, "middle": MIDDLE},
        "tables": tables,
    }
    options.quick = options.quick or bool(options.only)
    report.publish("operations", as_text(numbers), numbers, options)


if __name__ == "__main__":
    main()
