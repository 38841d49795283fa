"""Algorithms over sequences: sorting, searching, dynamic programming, filters, trees of prices."""

import math

import numpy as np
from catalogue import program


def normal_cdf(x):
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


@program(
    lambda: (100.0, 95.0, 0.5, 0.03, 0.25, "call"), lambda: (100.0, 105.0, 0.5, 0.03, 0.25, "put"), wrt=(0, 1, 2, 3, 4)
)
def black_scholes(spot, strike, time, rate, volatility, kind):
    d1 = (math.log(spot / strike) + (rate + 0.5 * volatility**2) * time) / (volatility * math.sqrt(time))
    d2 = d1 - volatility * math.sqrt(time)
    call = spot * normal_cdf(d1) - strike * math.exp(-rate * time) * normal_cdf(d2)
    if kind == "call":
        return call
    return call - spot + strike * math.exp(-rate * time)


@program(lambda: (1.0, 0.05, 0.3), wrt=(0, 1, 2), note="a down-and-out option on fixed draws")
def monte_carlo_barrier(spot, rate, volatility):
    rng = np.random.default_rng(3)
    payoff = 0.0
    paths, steps, dt = 8, 5, 0.1
    for _ in range(paths):
        s = spot
        alive = True
        for _ in range(steps):
            z = rng.standard_normal()
            s = s * np.exp((rate - 0.5 * volatility**2) * dt + volatility * np.sqrt(dt) * z)
            if s < 0.7:
                alive = False
                break
        if alive:
            payoff += max(s - 0.95, 0.0)
    return np.exp(-rate * steps * dt) * payoff / paths


@program(lambda: (1.0, 1.05, 0.2, 4), wrt=(0, 1, 2), note="the American put on a binomial tree")
def binomial_tree(spot, strike, volatility, n):
    dt = 0.25
    up = math.exp(volatility * math.sqrt(dt))
    p = (math.exp(0.02 * dt) - 1.0 / up) / (up - 1.0 / up)
    values = [max(strike - spot * up ** (2 * j - n), 0.0) for j in range(n + 1)]
    for i in range(n - 1, -1, -1):
        for j in range(i + 1):
            hold = math.exp(-0.02 * dt) * (p * values[j + 1] + (1.0 - p) * values[j])
            exercise = strike - spot * up ** (2 * j - i)
            values[j] = hold if hold > exercise else exercise
    return values[0]


@program(lambda: (np.array([0.1, 0.9, 0.4]), np.array([0.15, 0.8, 1.0, 0.45])), wrt=(0, 1))
def dynamic_time_warping(a, b):
    n, m = len(a), len(b)
    D = np.full((n + 1, m + 1), np.inf)
    D[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = (a[i - 1] - b[j - 1]) ** 2
            D[i, j] = cost + min(D[i - 1, j], D[i, j - 1], D[i - 1, j - 1])
    return D[n, m]


@program(lambda: (np.linspace(0.1, 0.7, 6), np.linspace(1.0, 0.2, 3)), wrt=(0, 1))
def causal_filter(signal, taps):
    out = np.zeros(len(signal))
    for t in range(len(signal)):
        for k in range(min(t + 1, len(taps))):
            out[t] += taps[k] * signal[t - k]
    return np.sum(out**2)


@program(lambda: (np.linspace(0.1, 0.7, 6),))
def prefix_sums(x):
    p = np.zeros(len(x) + 1)
    for i in range(len(x)):
        p[i + 1] = p[i] + x[i] ** 2
    total = 0.0
    for i in range(len(x)):
        for j in range(i + 1, len(x) + 1):
            total += (p[j] - p[i]) ** 2
    return total


@program(lambda: (np.array([3.0, -1.0, 0.5, 2.0]), 0.7), lambda: (np.zeros(0), 0.7), wrt=(0, 1))
def horner(coefficients, x):
    y = 0.0 * x
    for c in coefficients[::-1]:
        y = y * x + c
    return y


@program(lambda: (-0.5, 0.3), lambda: (0.6, 0.6), wrt=(0, 1))
def escape_loop(cx, cy):
    x, y = 0.0, 0.0
    n = 0
    while x * x + y * y < 4.0 and n < 12:
        x, y = x * x - y * y + cx, 2.0 * x * y + cy
        n += 1
    return math.log(1.0 + x * x + y * y) + n


@program(lambda: (np.array([0.3, 2.0, -1.0, 0.7]),))
def insertion_sort(x):
    a = x.copy()
    for i in range(1, len(a)):
        key = a[i]
        j = i - 1
        while j >= 0 and a[j] > key:
            a[j + 1] = a[j]
            j -= 1
        a[j + 1] = key
    return np.sum(a * np.array([1.0, 3.0, 9.0, 27.0]) ** 2)


@program(lambda: ([0.3, 2.0, -1.0, 0.7],))
def bubble_sort_on_list(values):
    v = list(values)
    n = len(v)
    for i in range(n):
        for j in range(n - 1 - i):
            if v[j] > v[j + 1]:
                v[j], v[j + 1] = v[j + 1], v[j]
    return sum([v[i] * (i + 1) ** 2 for i in range(n)])


@program(lambda: (np.array([0.0, 0.4, 1.0, 1.9]), np.array([1.0, 3.0, 2.0, 5.0]), 0.8), wrt=(0, 1, 2))
def interpolation_by_binary_search(xs, ys, x):
    lo, hi = 0, len(xs) - 1
    while hi - lo > 1:
        mid = (lo + hi) // 2
        if xs[mid] <= x:
            lo = mid
        else:
            hi = mid
    w = (x - xs[lo]) / (xs[hi] - xs[lo])
    return (1.0 - w) * ys[lo] + w * ys[hi]


@program(lambda: (np.linspace(0.1, 0.8, 8),), note="the fast Walsh-Hadamard transform in place")
def walsh_hadamard(x):
    a = x.copy()
    h = 1
    while h < len(a):
        for i in range(0, len(a), 2 * h):
            for j in range(i, i + h):
                u = a[j]
                v = a[j + h]
                a[j] = u + v
                a[j + h] = u - v
        h *= 2
    return np.sum(a**3) / 8.0
