"""Recover a photograph that heat conduction has blurred: the initial state of a heat equation.

    python examples/heat.py [PICTURE]

The grey levels of a photograph are the temperatures of a plate. Twenty steps of a stencil, written in place, and
some noise give what is observed; the gradient of the misfit runs the stencil backward.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib
import matplotlib.cbook
import matplotlib.image
import numpy as np
from scipy.optimize import minimize

import sourcead

matplotlib.use("Agg")
import matplotlib.pyplot as plt

HERE = Path(__file__).parent
SIZE = 64
STEPS = 20
NOISE = 0.002


def conduct(initial, conductivity, steps):
    """The temperatures after `steps` steps; the rim keeps its temperature."""
    u = initial.copy()
    for _ in range(steps):
        u[1:-1, 1:-1] += conductivity * (u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4.0 * u[1:-1, 1:-1])
    return u


def misfit(initial, observed, conductivity, steps, smoothing):
    """Squared distance of the conducted state to what was observed, and Tikhonov's penalty on rough states."""
    initial = initial.reshape(SIZE, SIZE)
    difference = conduct(initial, conductivity, steps) - observed
    rough = np.sum((initial[1:] - initial[:-1]) ** 2) + np.sum((initial[:, 1:] - initial[:, :-1]) ** 2)
    return np.sum(difference**2) + smoothing * rough


def photograph():
    """A square of a public-domain portrait that comes with Matplotlib, as grey levels from 0 to 1."""
    path = matplotlib.cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)
    grey = matplotlib.image.imread(path)[:512, :512].mean(axis=2) / 255.0
    block = 512 // SIZE
    return grey.reshape(SIZE, block, SIZE, block).mean(axis=(1, 3))


def draw(pictures, path):
    figure, panels = plt.subplots(1, len(pictures), figsize=(11, 4))
    for axes, (title, picture) in zip(panels, pictures.items()):
        axes.imshow(picture, cmap="inferno", vmin=0.0, vmax=1.0)
        axes.set_title(title)
        axes.axis("off")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main(picture: Path) -> float:
    truth = photograph()
    noise = NOISE * np.random.default_rng(0).standard_normal(truth.shape)
    observed = conduct(truth, 0.2, STEPS) + noise

    misfit_and_gradient = sourcead.value_and_grad(misfit)
    print(misfit_and_gradient.source)

    known = (observed, 0.2, STEPS, 2e-5)
    options = {"maxiter": 300, "maxfun": 400}
    fit = minimize(misfit_and_gradient, observed.ravel(), args=known, jac=True, method="L-BFGS-B", options=options)
    recovered = fit.x.reshape(SIZE, SIZE)
    before = float(np.sqrt(np.mean((observed - truth) ** 2)))
    after = float(np.sqrt(np.mean((recovered - truth) ** 2)))
    print(f"{fit.nit} iterations, misfit {fit.fun:.2e}")
    print(f"root mean square distance to the photograph: {before:.3f} as observed, {after:.3f} recovered")
    draw({"initial state": truth, f"after {STEPS} steps, with noise": observed, "recovered": recovered}, picture)
    print(f"picture: {picture}")
    return after / before


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "output" / "heat.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    main(target)
