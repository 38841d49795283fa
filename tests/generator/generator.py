"""Examines random programs in bulk.

    python tests/generator/generator.py --programs 200000 --seed 1 --workers 2 --corpus failures.jsonl

compares every program's derivatives (emitted reverse and forward mode, the dynamic graph, emitted text before it is
made short, the second derivative) with finite differences. It shows its progress, adds what disagrees to the corpus
file as the smallest program that still does, and ends with a count of each outcome and of the reasons for refusals,
each with a seed that `--show` prints the program of.

    python tests/generator/generator.py --replay failures.jsonl

examines the programs of a corpus file again.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import platform
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from compare import WRONG, Case, Finding, case_of, examine
from drawing import draw
from shrinking import shrink

BATCH = 200


@dataclass
class Found:
    """Outcomes of some programs, the seeds refused for each reason, and failures made small."""

    outcomes: Counter[str] = field(default_factory=Counter)
    refused: dict[str, list[int]] = field(default_factory=dict)
    failures: list[dict[str, object]] = field(default_factory=list)

    def add(self, other: Found) -> None:
        """Take over what was found of other programs."""
        self.outcomes.update(other.outcomes)
        self.failures += other.failures
        for reason, seeds in other.refused.items():
            self.refused.setdefault(reason, []).extend(seeds)


def batch(seeds: range) -> Found:
    """What is found of the programs of some seeds."""
    all_found = Found()
    for seed in seeds:
        case = case_of(seed, draw(seed))
        found = examine(case)
        all_found.outcomes[found.outcome] += 1
        if found.outcome == "refused":
            all_found.refused.setdefault(f"{found.mode}: {_reason(found)}", []).append(seed)
        if found.outcome in WRONG:
            small = shrink(case, found.outcome, found.mode)
            all_found.failures.append(_entry(seed, small, examine(small)))
    return all_found


def _reason(found: Finding) -> str:
    """A refusal without the names that it is about."""
    fact = re.sub(r"<program [^ ]*>?:[0-9:]* ?", "", found.facts)
    return re.sub(r"`[^`]*`|'[^']*'|[0-9]+", "_", fact)


def _entry(seed: int, case: Case, found: Finding) -> dict[str, object]:
    versions = f"Python {platform.python_version()}, NumPy {np.__version__}"
    kept = {"seed": seed, "outcome": found.outcome, "mode": found.mode, "facts": found.facts}
    return {**kept, "wrt": case.wrt, "source": case.source, "versions": versions}


def campaign(first: int, count: int, workers: int, corpus: Path | None, quiet: bool = False) -> Found:
    """Examine the programs of `count` seeds; show progress, print failures and keep them in the corpus file."""
    found = Found()
    start = time.monotonic()
    for some in _results(first, count, workers):
        found.add(some)
        for failure in some.failures:
            print(f"\n== seed {failure['seed']}: {failure['mode']} {failure['outcome']}: {failure['facts']}")
            print(f"wrt {failure['wrt']}\n{failure['source']}", flush=True)
            if corpus is not None:
                with corpus.open("a") as file:
                    file.write(json.dumps(failure) + "\n")
        if not quiet:
            done = found.outcomes.total()
            rate = done / (time.monotonic() - start)
            end = "\r" if sys.stdout.isatty() else "\n"
            print(f"{done} of {count}, {rate:.0f} a second: {_listed(found.outcomes)}", end=end, flush=True)
    return found


def _results(first: int, count: int, workers: int) -> Iterator[Found]:
    batches = [range(k, min(k + BATCH, first + count)) for k in range(first, first + count, BATCH)]
    if workers == 1 and len(batches) == 1:
        yield batch(batches[0])
        return
    # A process for each batch: what a thousand loaded modules leave behind ends with it.
    with multiprocessing.get_context("fork").Pool(workers, maxtasksperchild=5) as pool:
        yield from pool.imap_unordered(batch, batches)


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in counts.most_common())


def replay(corpus: Path) -> int:
    """Examine the programs of a corpus file again; the number that still fail."""
    still = 0
    for line in corpus.read_text().splitlines():
        entry = json.loads(line)
        found = examine(Case(entry["source"], tuple(entry["wrt"]), (entry["mode"],)))
        if found.outcome in WRONG:
            still += 1
            print(f"== seed {entry['seed']}: {found}\nwrt {entry['wrt']}\n{entry['source']}")
    return still


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0, help="seed of the first program; the next ones count on from it")
    parser.add_argument("--workers", type=int, default=1, help="processes that examine programs")
    parser.add_argument("--corpus", type=Path, help="file that failures are added to")
    parser.add_argument("--replay", type=Path, help="examine the programs of this file again")
    parser.add_argument("--show", type=int, help="print the program of this seed and what is found of it")
    chosen = parser.parse_args()
    if chosen.replay is not None:
        still = replay(chosen.replay)
        print(f"{still} still fail")
        return int(still > 0)
    if chosen.show is not None:
        case = case_of(chosen.show, draw(chosen.show))
        print(case.source)
        print(case.wrt, case.modes, examine(case))
        return 0
    found = campaign(chosen.seed, chosen.programs, chosen.workers, chosen.corpus)
    print(f"\n{_listed(found.outcomes)}")
    for reason, seeds in sorted(found.refused.items(), key=lambda entry: -len(entry[1]))[:40]:
        print(f"{len(seeds):6}  {reason} (seed {min(seeds)})")
    return int(any(found.outcomes[outcome] for outcome in WRONG))


if __name__ == "__main__":
    sys.exit(main())
