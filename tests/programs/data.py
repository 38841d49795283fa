"""Quantiles, averages, data with gaps, areas under curves, polynomials."""

import numpy as np
from catalogue import program

DATA = np.array([0.3, 1.9, -0.4, 0.8, 1.2, 0.1])
GAPS = np.array([[0.3, np.nan, -0.4], [0.8, 1.2, np.nan]])


@program(lambda: (0.7 * DATA + 0.1,))
def winsorised_mean(x):
    low = np.quantile(x, 0.1)
    high = np.percentile(x, 85)
    return np.mean(np.clip(x, low, high))


@program(lambda: (np.array([0.4, -0.2]),))
def fit_with_gaps(w):
    model = w[0] + w[1] * np.arange(6.0).reshape(2, 3)
    residual = GAPS - model
    return np.nanmean(residual) ** 2 + np.nanvar(residual) + 0.1 * np.nanmax(residual) + np.nanstd(residual)


@program(lambda: (np.array([0.5, 1.5]), np.linspace(0.0, 2.0, 9)), wrt=(0,))
def area_under_a_curve(k, t):
    y = np.exp(-k[0] * t) * np.sin(k[1] * t)
    return np.trapezoid(y, t) + np.trapezoid(y**2, dx=0.25)


@program(lambda: (np.array([0.3, -1.0, 0.5]), np.array([0.1, 0.7, 1.3])), wrt=(0, 1))
def polynomial_loss(c, x):
    return np.sum((np.polyval(c, x) - np.sin(x)) ** 2)


@program(lambda: (DATA[:4], np.array([0.2, 0.5, 0.7, 0.1])), wrt=(0, 1))
def weighted_spread(x, w):
    centre = np.average(x, weights=w)
    return np.average((x - centre) ** 2, weights=w) + np.median(x)


@program(lambda: (DATA[:4],))
def binned_energy(w):
    per_bin = np.bincount(np.array([0, 2, 0, 1]), weights=w, minlength=4)
    return np.sum(per_bin**2)
