"""Forecast the temperature of the sea with a recurrent network whose cell is a plain Python loop.

    python examples/sea_temperature.py [PICTURE]

Monthly mean sea surface temperatures off Peru, 1950 to 2010 (NOAA, region Nino 1+2). The network reads a year
of months and says how the anomaly changes in the next three. The parameters are a dict, and so is the gradient.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib
import numpy as np

import sourcead

matplotlib.use("Agg")
import matplotlib.pyplot as plt

HERE = Path(__file__).parent
WINDOW, AHEAD = 12, 3
TRAINED_UNTIL = 1995


def forecast(params, months):
    """Forecasts for a batch; `months` has shape (window, batch, features), the anomaly is the first feature."""
    state = np.zeros((months.shape[1], len(params["cell_offset"])))
    for month in months:
        gate = 1.0 / (1.0 + np.exp(-(month @ params["gate_in"] + state @ params["gate_state"] + params["gate_offset"])))
        new = np.tanh(month @ params["cell_in"] + state @ params["cell_state"] + params["cell_offset"])
        state = gate * state + (1.0 - gate) * new
    return months[-1, :, 0] + state @ params["out"] + params["out_offset"]


def loss(params, months, targets, penalty):
    error = forecast(params, months) - targets
    size = 0.0
    for name, values in params.items():
        if not name.endswith("offset"):
            size += np.sum(values**2)
    return np.mean(error**2) + penalty * size


def first_parameters(hidden, features, rng):
    return {
        "gate_in": 0.3 * rng.standard_normal((features, hidden)),
        "gate_state": 0.3 * rng.standard_normal((hidden, hidden)),
        "gate_offset": np.ones(hidden),
        "cell_in": 0.5 * rng.standard_normal((features, hidden)),
        "cell_state": 0.3 * rng.standard_normal((hidden, hidden)),
        "cell_offset": np.zeros(hidden),
        "out": 0.1 * rng.standard_normal(hidden),
        "out_offset": np.zeros(()),
    }


def train(loss_and_gradient, params, months, targets, rounds, rate):
    """Adam on the whole batch; returns the parameters and the loss of every round."""
    mean = {name: np.zeros_like(p) for name, p in params.items()}
    square = {name: np.zeros_like(p) for name, p in params.items()}
    history = []
    for k in range(1, rounds + 1):
        value, gradient = loss_and_gradient(params, months, targets, 0.03)
        history.append(value)
        step = rate * np.sqrt(1.0 - 0.999**k) / (1.0 - 0.9**k)
        for name, g in gradient.items():
            mean[name] = 0.9 * mean[name] + 0.1 * g
            square[name] = 0.999 * square[name] + 0.001 * g * g
            params[name] = params[name] - step * mean[name] / (np.sqrt(square[name]) + 1e-8)
    return params, history


def load():
    """Year of every month, and the temperature of every month."""
    table = np.loadtxt(HERE / "data" / "sea_surface_temperature.csv", delimiter=",", skiprows=1)
    years = table[:, 0].repeat(12) + np.tile(np.arange(12) / 12.0, len(table))
    return years, table[:, 1:].ravel()


def windows(years, anomaly):
    """Features (anomaly, season) of every window, the anomaly to forecast, its year, and the last anomaly seen."""
    season = 2.0 * np.pi * years
    features = np.stack([anomaly, np.cos(season), np.sin(season)], axis=1)
    count = len(anomaly) - WINDOW - AHEAD + 1
    months = np.stack([features[k : k + count] for k in range(WINDOW)])
    first = WINDOW + AHEAD - 1
    return months, anomaly[first:], years[first:], anomaly[WINDOW - 1 : WINDOW - 1 + count]


def draw(years, truth, guess, history, path):
    figure, (top, bottom) = plt.subplots(2, 1, figsize=(9, 6), height_ratios=(3, 2))
    top.plot(years, truth, color="black", linewidth=1.0, label="measured")
    top.plot(years, guess, color="tab:red", linewidth=1.0, label=f"forecast {AHEAD} months before")
    top.set(ylabel="anomaly [K]", title="Sea surface temperature off Peru, years held out")
    top.legend()
    bottom.semilogy(history, color="tab:blue")
    bottom.set(xlabel="round", ylabel="loss")
    figure.tight_layout()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def main(picture: Path) -> float:
    years, temperature = load()
    seen = years < TRAINED_UNTIL
    usual = temperature[seen].reshape(-1, 12).mean(axis=0)
    anomaly = temperature - np.tile(usual, len(temperature) // 12)
    scale = anomaly[seen].std()
    months, targets, when, last = windows(years, anomaly / scale)
    old = when < TRAINED_UNTIL

    loss_and_gradient = sourcead.value_and_grad(loss)
    print(loss_and_gradient.source)

    params = first_parameters(6, months.shape[2], np.random.default_rng(0))
    params, history = train(loss_and_gradient, params, months[:, old], targets[old], rounds=150, rate=0.02)
    guess = forecast(params, months[:, ~old])

    def error(values):
        return float(scale * np.sqrt(np.mean((values - targets[~old]) ** 2)))

    print(f"loss {history[0]:.3f} -> {history[-1]:.3f} on {old.sum()} windows")
    print(f"held-out error, {AHEAD} months ahead, {np.sum(~old)} windows from {TRAINED_UNTIL} on:")
    print(f"  the usual temperature of the month  {error(np.zeros(len(guess))):.3f} K")
    print(f"  the anomaly stays as it is          {error(last[~old]):.3f} K")
    print(f"  the network                         {error(guess):.3f} K")
    draw(when[~old], scale * targets[~old], scale * guess, history, picture)
    print(f"picture: {picture}")
    return error(guess)


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "output" / "sea_temperature.png"
    target.parent.mkdir(parents=True, exist_ok=True)
    main(target)
