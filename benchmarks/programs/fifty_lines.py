"""A function of fifty lines, for the time of the transformation: an epidemic with a lockdown, fitted to counts."""

from __future__ import annotations

import numpy as np


def epidemic_loss(rates, contact, counts, population, days, lockdown_day):
    """Weighted squared error of daily new cases in three age groups, with a penalty on rough contact."""
    transmission = np.exp(rates[0])
    incubation = np.exp(rates[1])
    recovery = np.exp(rates[2])
    reporting = 1.0 / (1.0 + np.exp(-rates[3]))
    groups = len(population)

    susceptible = population - 10.0
    exposed = 6.0 * np.ones(groups)
    infected = 4.0 * np.ones(groups)
    recovered = np.zeros(groups)
    new_cases = np.zeros((days, groups))
    strength = 1.0
    peak = 0.0

    for day in range(days):
        if day >= lockdown_day:
            strength = 0.4 + 0.6 * np.exp(-rates[4] * (day - lockdown_day))
        else:
            strength = 1.0
        pressure = strength * transmission * (contact @ (infected / population))
        infections = susceptible * (1.0 - np.exp(-pressure))
        onsets = incubation * exposed
        recoveries = recovery * infected
        susceptible = susceptible - infections
        exposed = exposed + infections - onsets
        infected = infected + onsets - recoveries
        recovered = recovered + recoveries
        new_cases[day] = reporting * onsets
        total = np.sum(infected)
        if total > peak:
            peak = total

    error = 0.0
    for group in range(groups):
        expected = np.log1p(new_cases[:, group])
        observed = np.log1p(counts[:, group])
        residual = expected - observed
        weight = 1.0
        if group == 0:
            weight = 0.5
        error += weight * np.mean(residual * residual)

    balance = np.sum(susceptible + exposed + infected + recovered) - np.sum(population)
    rough = contact[1:] - contact[:-1]
    smoothness = np.sum(rough * rough) + np.sum((contact - contact.T) ** 2)
    magnitude = np.sqrt(np.sum(rates * rates) + 1e-8)
    crowding = peak / np.sum(population)
    return error + 1e-3 * smoothness + 1e-4 * magnitude + 0.1 * crowding + 1e-6 * balance**2


def epidemic_arguments() -> tuple:
    """Rates (5,), contact (3, 3), counts (40, 3), population (3,), 40 days, lockdown on day 20."""
    rng = np.random.default_rng(5)
    rates = np.array([-0.4, -1.2, -1.6, 0.3, 0.1])
    contact = np.eye(3) + 0.3 * rng.random((3, 3))
    return rates, contact, rng.poisson(20.0, (40, 3)).astype(float), np.array([4e4, 6e4, 2e4]), 40, 20
