"""The graph engine beside PyTorch's eager mode and autograd: overhead an operation, memory, freeing.

    python -m benchmarks.engine [--quick]

The arrays are tiny, so that what is measured is the engine and not the arithmetic.
"""

from __future__ import annotations

import gc
import importlib.metadata
import importlib.util
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import runtime
from benchmarks import report, threads

CHAIN = 1000
LIMIT_TORCH = 0.6
LIMIT_AUTOGRAD = 0.2
LAYERS = (8, 32, 32, 1)
PARTS = ("forward", "backward", "fastest forward", "fastest backward")
BATCH = 16


class Contender(NamedTuple):
    """One engine on one program: `forward()` gives what `backward(...)` takes."""

    forward: Callable[[], Any]
    backward: Callable[[Any], None]


def like_torch(module: Any, program: str) -> Contender:
    """A program for `torch`, and unchanged for `runtime`."""
    return (chain_like_torch if program == "chain" else mlp_like_torch)(module)


def chain_like_torch(module: Any) -> Contender:
    """`z = (z / x) * y`, a thousand times, on 2 x 3 elements."""
    x, y, start = (module.tensor([[value] * 3] * 2, requires_grad=True) for value in (1.1, 1.1, 1.0))

    def forward() -> Any:
        z = start
        for _ in range(CHAIN):
            z = (z / x) * y
        return z.sum()

    def backward(total: Any) -> None:
        total.backward()
        x.grad = y.grad = start.grad = None

    return Contender(forward, backward)


def mlp_like_torch(module: Any) -> Contender:
    """Loss of a network of three layers on a batch of 16, written with operators."""
    weights, inputs, targets = mlp_data()
    w1, b1, w2, b2, w3, b3 = parameters = [module.tensor(w).requires_grad_() for w in weights]
    x, y = module.tensor(inputs), module.tensor(targets)

    def forward() -> Any:
        h = module.relu(x @ w1 + b1)
        h = module.relu(h @ w2 + b2)
        return ((h @ w3 + b3 - y) ** 2).mean()

    def backward(loss: Any) -> None:
        loss.backward()
        for parameter in parameters:
            parameter.grad = None

    return Contender(forward, backward)


def mlp_data() -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """Parameters, inputs and targets in single precision."""
    random = np.random.default_rng(0)
    shapes: list[tuple[int, ...]] = []
    for rows, columns in zip(LAYERS, LAYERS[1:]):
        shapes += [(rows, columns), (columns,)]
    draw = [random.normal(size=shape).astype(np.float32) for shape in [*shapes, (BATCH, LAYERS[0]), (BATCH, 1)]]
    return draw[:-2], draw[-2], draw[-1]


def like_autograd(program: str) -> Contender:
    """The programs for HIPS autograd, whose `make_vjp` runs forward and gives the backward pass."""
    anp = importlib.import_module("autograd.numpy")
    make_vjp = importlib.import_module("autograd").make_vjp
    if program == "chain":
        arguments: Any = tuple(np.full((2, 3), value, np.float32) for value in (1.1, 1.1, 1.0))

        def function(both: Any) -> Any:
            x, y, z = both
            for _ in range(CHAIN):
                z = (z / x) * y
            return anp.sum(z)
    else:
        arguments, inputs, targets = mlp_data()

        def function(both: Any) -> Any:
            w1, b1, w2, b2, w3, b3 = both
            h = anp.maximum(anp.dot(inputs, w1) + b1, 0.0)
            h = anp.maximum(anp.dot(h, w2) + b2, 0.0)
            return anp.mean((anp.dot(h, w3) + b3 - targets) ** 2)

    return Contender(lambda: make_vjp(function)(arguments), lambda found: found[0](np.float32(1.0)))


def contenders(program: str) -> dict[str, Contender]:
    """Everything that is installed."""
    found = {"runtime": like_torch(runtime, program)}
    if importlib.util.find_spec("torch"):
        torch = importlib.import_module("torch")
        torch.set_num_threads(1)
        found["torch"] = like_torch(torch, program)
    if importlib.util.find_spec("autograd"):
        found["autograd"] = like_autograd(program)
    return found


def one_round(contender: Contender, repetitions: int) -> tuple[float, float]:
    """Seconds forward and backward, averaged over some repetitions."""
    forward = backward = 0.0
    for _ in range(repetitions):
        begin = time.perf_counter()
        result = contender.forward()
        middle = time.perf_counter()
        contender.backward(result)
        del result
        end = time.perf_counter()
        forward += middle - begin
        backward += end - middle
    return forward / repetitions, backward / repetitions


def compare(program: str, rounds: int, repetitions: int) -> dict[str, Any]:
    """Median times, and ratios of `runtime` to each other one: of the fastest rounds, and the median within a round."""
    engines = contenders(program)
    for engine in engines.values():
        one_round(engine, 2)
    samples: dict[str, list[tuple[float, float]]] = {name: [] for name in engines}
    names = list(engines)
    for turn in range(rounds):
        report.progress(f"{program}, round {turn + 1} of {rounds}")
        start = turn % len(names)
        for name in names[start:] + names[:start]:
            gc.collect()
            samples[name].append(one_round(engines[name], repetitions))
    return {
        name: {
            "forward": statistics.median(f for f, _ in taken),
            "backward": statistics.median(b for _, b in taken),
            "forward ratio": statistics.median(r[0] / f[0] for r, f in zip(samples["runtime"], taken)),
            "backward ratio": statistics.median(r[1] / f[1] for r, f in zip(samples["runtime"], taken)),
            "forward, fastest": fastest(samples["runtime"], 0) / fastest(taken, 0),
            "backward, fastest": fastest(samples["runtime"], 1) / fastest(taken, 1),
        }
        for name, taken in samples.items()
    }


def fastest(samples: list[tuple[float, float]], part: int) -> float:
    """The time of the round that was disturbed least."""
    return min(sample[part] for sample in samples)


def long_chain(length: int) -> dict[str, float]:
    """A chain of that many operations goes backward and is freed while the garbage collector is off."""

    def run() -> tuple[float, float]:
        x = runtime.tensor(1.0, requires_grad=True)
        begin = time.perf_counter()
        y = x
        for _ in range(length):
            y = y * 1.000001
        middle = time.perf_counter()
        y.backward()
        return middle - begin, time.perf_counter() - middle

    run_small = run if length <= 1000 else lambda: None
    run_small()
    gc.collect()
    gc.disable()
    try:
        before = sys.getallocatedblocks()
        forward, backward = run()
        left = sys.getallocatedblocks() - before
    finally:
        gc.enable()
    return {"operations": length, "forward": forward, "backward": backward, "blocks left": left}


def training_steps(steps: int) -> dict[str, float]:
    """Steps of gradient descent on the network, with the garbage collector off: blocks at a tenth and at the end."""
    weights, inputs, targets = mlp_data()
    w1, b1, w2, b2, w3, b3 = parameters = [runtime.tensor(w * 0.3).requires_grad_() for w in weights]
    x, y = runtime.tensor(inputs), runtime.tensor(targets)

    def step() -> None:
        h = runtime.relu(x @ w1 + b1)
        h = runtime.relu(h @ w2 + b2)
        ((h @ w3 + b3 - y) ** 2).mean().backward()
        with runtime.no_grad():
            for parameter in parameters:
                parameter -= 1e-3 * parameter.grad
                parameter.grad = None

    def steps_taken(count: int) -> int:
        for _ in range(count):
            step()
        return sys.getallocatedblocks()

    gc.collect()
    gc.disable()
    try:
        early = steps_taken(steps // 10)
        begin = time.perf_counter()
        late = steps_taken(steps - steps // 10)
        seconds = time.perf_counter() - begin
    finally:
        gc.enable()
    return {"steps": steps, "blocks gained": late - early, "a step": seconds / (steps - steps // 10)}


def as_text(numbers: dict[str, Any]) -> str:
    """The tables and the verdicts."""
    paragraphs = [
        "# The graph engine",
        f"{report.facts_as_text(numbers['environment'])}.",
        "Times are medians; a ratio is the median, over rounds in which the engines take turns, of `runtime`'s time by"
        " the other's within a round, and the limit is for it; beside it stands the ratio of the fastest rounds, which"
        " a busy machine disturbs least. The garbage collector is on, as users have it.",
    ]
    titles = {
        "chain": f"`for _ in range({CHAIN}): z = (z / x) * y`, 2 x 3, float32; times are for one operation",
        "mlp": f"Network {' - '.join(map(str, LAYERS))}, batch {BATCH}, float32; times are for one step",
    }
    for program, title in titles.items():
        per = 2 * CHAIN if program == "chain" else 1
        rows = [
            [
                name,
                report.duration(found["forward"] / per),
                report.duration(found["backward"] / per),
                report.factor(found["forward ratio"]),
                report.factor(found["backward ratio"]),
                report.factor(found["forward, fastest"]),
                report.factor(found["backward, fastest"]),
                verdict(name, found),
            ]
            for name, found in numbers[program].items()
        ]
        head = ["engine", "forward", "backward", *("runtime / it, " + part for part in PARTS), "limit"]
        paragraphs.append(f"## {title}\n\n{report.table(head, rows)}")
    chain, training = numbers["long chain"], numbers["training"]
    paragraphs.append(
        "## Memory, with the garbage collector off\n\n"
        f"- {chain['operations']} chained operations: forward {report.duration(chain['forward'])}, backward and freed"
        f" in {report.duration(chain['backward'])}, {chain['blocks left']} blocks of memory left over.\n"
        f"- {training['steps']} training steps of the network, {report.duration(training['a step'])} each with the"
        f" update: {training['blocks gained']} blocks gained over the last nine tenths."
    )
    return "\n\n".join(paragraphs)


def verdict(name: str, found: dict[str, float]) -> str:
    """Whether the limit against this engine is kept."""
    limit = {"torch": LIMIT_TORCH, "autograd": LIMIT_AUTOGRAD}.get(name)
    if limit is None:
        return "-"
    kept = max(found["forward ratio"], found["backward ratio"]) <= limit
    return f"{report.factor(limit)}: {'kept' if kept else 'MISSED'}"


def main() -> None:
    options = report.parser_for(__doc__).parse_args()
    threads.use_one_thread()
    # Rounds are short, so that what else the machine does falls on all engines alike.
    rounds = 2 if options.quick else 100
    facts = report.environment()
    facts |= {
        name: importlib.metadata.version(name) for name in ("torch", "autograd") if importlib.util.find_spec(name)
    }
    numbers: dict[str, Any] = {
        "environment": facts,
        "chain": compare("chain", rounds, 1),
        "mlp": compare("mlp", rounds, 20),
        "long chain": long_chain(10**3 if options.quick else 10**6),
        "training": training_steps(10**2 if options.quick else 10**5),
    }
    report.publish("engine", as_text(numbers), numbers, options)


if __name__ == "__main__":
    main()
