"""Numerical methods as people write them: integrators, root finders, stencils, simulations."""

import math

import numpy as np
from catalogue import program


@program(lambda: (np.array([1.0, 0.3]), 0.7, 6), lambda: (np.array([1.0, 0.3]), 0.7, 0), wrt=(0, 1))
def runge_kutta(y0, k, steps):
    def f(t, y):
        return np.array([y[1], -k * np.sin(y[0]) + 0.1 * np.cos(t)])

    h = 0.1
    y = y0
    for i in range(steps):
        t = i * h
        k1 = f(t, y)
        k2 = f(t + h / 2, y + h / 2 * k1)
        k3 = f(t + h / 2, y + h / 2 * k2)
        k4 = f(t + h, y + h * k3)
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return np.sum(y**2)


@program(lambda: (np.array([[0.0, 0.0], [1.1, 0.0], [0.4, 1.2]]), np.zeros((3, 2)), 4), wrt=(0, 1))
def velocity_verlet(q, v, steps):
    def forces(q):
        n = q.shape[0]
        f = np.zeros_like(q)
        for i in range(n):
            for j in range(i + 1, n):
                d = q[i] - q[j]
                r2 = np.dot(d, d)
                s = 24.0 * (2.0 / r2**7 - 1.0 / r2**4)
                f[i] += s * d
                f[j] -= s * d
        return f

    dt = 0.005
    f = forces(q)
    for _ in range(steps):
        v = v + 0.5 * dt * f
        q = q + dt * v
        f = forces(q)
        v += 0.5 * dt * f
    return 0.5 * np.sum(v * v) + np.sum(q[0] * q[1])


@program(lambda: (0.7, 0.4), lambda: (3.0, 0.1), wrt=(0, 1))
def newton_root(a, e):
    """Kepler's equation E - e sin E = M, by Newton's method."""
    E = a
    for _ in range(50):
        step = (E - e * math.sin(E) - a) / (1.0 - e * math.cos(E))
        E -= step
        if abs(step) < 1e-14:
            break
    return E


@program(lambda: (0.3,), note="the bracket carries no derivative: the result is a constant", smooth=False)
def bisection(c):
    lo, hi = 0.0, 2.0
    for _ in range(30):
        mid = 0.5 * (lo + hi)
        if mid**3 + mid - c > 0:
            hi = mid
        else:
            lo = mid
    return 0.5 * (lo + hi)


@program(lambda: (0.3,), second=False, note="one Newton step at the end brings the derivative back")
def bisection_polished(c):
    lo, hi = 0.0, 2.0
    while hi - lo > 1e-9:
        mid = 0.5 * (lo + hi)
        if mid**3 + mid > c:
            hi = mid
        else:
            lo = mid
    x = 0.5 * (lo + hi)
    return x - (x**3 + x - c) / (3.0 * x**2 + 1.0)


@program(lambda: (np.linspace(0.0, 1.0, 16).reshape(4, 4) ** 2, 0.1, 3), wrt=(0, 1))
def heat_two_dimensional(u, k, n):
    for _ in range(n):
        new = u.copy()
        new[1:-1, 1:-1] = u[1:-1, 1:-1] + k * (
            u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2] - 4.0 * u[1:-1, 1:-1]
        )
        u = new
    return np.sum(u**2)


@program(lambda: (np.sin(np.linspace(0.0, 3.0, 7)), np.linspace(0.8, 1.2, 7), 4), wrt=(0, 1))
def wave_equation(u0, c, n):
    old = u0.copy()
    now = u0.copy()
    for _ in range(n):
        new = np.zeros_like(now)
        for i in range(1, len(now) - 1):
            new[i] = 2.0 * now[i] - old[i] + 0.2 * c[i] ** 2 * (now[i + 1] - 2.0 * now[i] + now[i - 1])
        old, now = now, new
    return np.sum(now[2:5] ** 2)


@program(lambda: (np.array([-1.2, 1.0, 0.4]),))
def rosenbrock(x):
    total = 0.0
    for i in range(len(x) - 1):
        total += 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2
    return total


@program(lambda: (np.array([0.5, 0.2, 0.3]), np.array([0.1, 0.5, 1.0, 2.0])))
def two_compartment_doses(theta, times):
    """Amounts in gut and blood after repeated doses, by small Euler steps."""
    absorption, elimination, volume = theta
    gut, blood, t = 0.0, 0.0, 0.0
    dt = 0.05
    observed = []
    k = 0
    while k < len(times):
        if t % 1.0 < dt / 2:
            gut = gut + 1.0
        flow = absorption * gut
        gut = gut - dt * flow
        blood = blood + dt * (flow - elimination * blood)
        t = t + dt
        if t >= times[k] - 1e-9:
            observed.append(blood / volume)
            k += 1
    return np.sum(np.array(observed) ** 2)


@program(lambda: (np.array([0.9, 0.3]), 8), wrt=0)
def epidemic(rates, days):
    beta, gamma = rates
    s, i, r = 0.98, 0.02, 0.0
    peak = i
    for day in range(days):
        contact = beta
        if i > 0.1:
            contact = 0.5 * beta
        infected = contact * s * i
        s, i, r = s - infected, i + infected - gamma * i, r + gamma * i
        peak = max(peak, i)
    return peak + r


@program(lambda: (np.array([1.0, 0.7, 0.4]), 10), note="integration with a step chosen by the error")
def adaptive_step(p, limit):
    t, y, h = 0.0, p[0], 0.3
    steps = 0
    while t < 1.0 and steps < limit:
        full = y + h * (-p[1] * y + p[2])
        half = y + 0.5 * h * (-p[1] * y + p[2])
        two = half + 0.5 * h * (-p[1] * half + p[2])
        error = abs(two - full)
        if error > 0.01:
            h = 0.5 * h
            continue
        t = t + h
        y = two
        h = min(1.3 * h, 1.0 - t + 1e-12)
        steps += 1
    return y
