"""Examines random programs in bulk.

    python tests/generator/generator.py --programs 3000 --seed 1

compares every program's derivatives (emitted reverse, emitted forward, dynamic graph) with finite differences, prints
what disagrees as the smallest program that still does, and ends with a count of each outcome.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from compare import WRONG, examine, shrink
from drawing import draw


def campaign(seeds: range) -> Counter[str]:
    """Examine the program of every seed; print progress, and each disagreement made small."""
    counts: Counter[str] = Counter()
    for number, seed in enumerate(seeds, 1):
        finding = examine(draw(seed))
        counts[finding.outcome] += 1
        if finding.outcome in WRONG:
            small = shrink(draw(seed), finding.outcome)
            print(f"\n== seed {seed}: {finding.outcome}: {examine(small).facts}\n{small.source()}", flush=True)
        if number % 100 == 0:
            print(f"-- {number} of {len(seeds)}: {dict(counts)}", flush=True)
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--programs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0, help="seed of the first program; the next ones count on from it")
    parser.add_argument("--show", type=int, help="print the program of this seed and what is found of it")
    chosen = parser.parse_args()
    if chosen.show is not None:
        print(draw(chosen.show).source())
        print(examine(draw(chosen.show)))
        return 0
    counts = campaign(range(chosen.seed, chosen.seed + chosen.programs))
    print(dict(counts))
    return int(any(counts[outcome] for outcome in WRONG))


if __name__ == "__main__":
    sys.exit(main())
