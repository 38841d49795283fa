"""Fit an epidemic model, written as a Python loop with branches, to a published outbreak.

    python examples/epidemic.py [PICTURE]

Influenza in a boarding school of 763 boys, January and February 1978. The counts are the boys confined to bed
each day (British Medical Journal, 4 March 1978, page 587).
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib
import numpy as np
from scipy.optimize import minimize

import sourcead

matplotlib.use("Agg")
import matplotlib.pyplot as plt

HERE = Path(__file__).parent
BOYS = 763.0
IN_BED = np.array([3, 8, 28, 75, 221, 291, 255, 235, 190, 126, 70, 28, 12, 5], dtype=float)
STEPS_A_DAY = 10
NAMES = ("contacts per day", "days before bed", "days in bed", "infected on day 0", "crowding", "places")


def simulate(theta, days):
    """Expected number of boys in bed at the end of each day; `theta` holds the logarithms of the six parameters.

    Susceptible boys are infected by those who are ill and still about; these go to bed, and recover there. When
    the sick bay is full, its boys stay longer.
    """
    contacts, days_before, days_in_bed, infected, crowding, places = np.exp(theta)
    dt = 1.0 / STEPS_A_DAY
    susceptible = BOYS - infected
    about = infected
    bed = 0.0
    counts = []
    for _ in range(days):
        for _ in range(STEPS_A_DAY):
            stay = days_in_bed
            if bed > places:
                stay = days_in_bed * (1.0 + crowding * (bed / places - 1.0))
            new = dt * contacts * susceptible * about / BOYS
            if new > susceptible:
                new = susceptible
            to_bed = dt * about / days_before
            recovered = dt * bed / stay
            susceptible -= new
            about += new - to_bed
            bed += to_bed - recovered
        counts.append(bed)
    return np.array(counts)


def misfit(theta, observed):
    """Negative Poisson log-likelihood of the counts, up to a constant."""
    expected = simulate(theta, len(observed))
    return np.sum(expected - observed * np.log(expected))


def draw(theta, first, path):
    figure, axes = plt.subplots(figsize=(7, 4.2))
    days = np.arange(1, len(IN_BED) + 1)
    axes.plot(days, simulate(first, len(days)), color="0.7", linestyle="--", label="first guess")
    axes.plot(days, simulate(theta, len(days)), color="tab:red", label="fitted model")
    axes.plot(days, IN_BED, "o", color="black", label="confined to bed")
    axes.set(xlabel="day", ylabel="boys", title="Influenza in a boarding school, 1978")
    axes.legend()
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main(picture: Path) -> float:
    misfit_and_gradient = sourcead.value_and_grad(misfit)
    print(misfit_and_gradient.source)

    first = np.log([2.0, 1.0, 2.0, 1.0, 1.0, 100.0])
    fit = minimize(misfit_and_gradient, first, args=(IN_BED,), jac=True, method="BFGS")
    print(f"{fit.nit} iterations, {fit.nfev} gradients, |gradient| = {np.max(np.abs(fit.jac)):.1e}")
    for name, value in zip(NAMES, np.exp(fit.x)):
        print(f"  {name:18} {value:8.3f}")
    print(f"  {'reproduction number':18} {np.exp(fit.x[0] + fit.x[1]):7.3f}")
    error = float(np.sqrt(np.mean((simulate(fit.x, len(IN_BED)) - IN_BED) ** 2)))
    print(f"root mean square error: {error:.1f} boys")
    draw(fit.x, first, picture)
    print(f"picture: {picture}")
    return error


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "output" / "epidemic.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    main(target)
