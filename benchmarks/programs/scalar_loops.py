"""Loops of 1000 steps on Python floats: a recurrence of plain arithmetic, and an ODE with a function of `math`."""

from __future__ import annotations

import math

from benchmarks.programs.program import Program


def logistic_map(r, x, n):
    total = 0.0
    for _ in range(n):
        x = r * x * (1.0 - x)
        total += x * x
    return total / n


def logistic_map_hand(r, x, n):
    x_tape = []
    for _ in range(n):
        x_tape.append(x)
        x = r * x * (1.0 - x)
    # return total / n
    total_bar = 1.0 / n
    x_bar = 0.0
    r_bar = 0.0
    for _ in range(n):
        # total += x * x
        x_bar += 2.0 * x * total_bar
        # x = r * x * (1.0 - x)
        x = x_tape.pop()
        s = 1.0 - x
        r_bar += x * s * x_bar
        x_bar = r * (s - x) * x_bar
    return r_bar, x_bar


def pendulum(angle, speed, damping, n):
    step = 0.01
    for _ in range(n):
        acceleration = -damping * speed - 9.81 * math.sin(angle)
        angle = angle + step * speed
        speed = speed + step * acceleration
    return angle * angle + speed * speed


def pendulum_hand(angle, speed, damping, n):
    step = 0.01
    angle_tape = []
    speed_tape = []
    for _ in range(n):
        angle_tape.append(angle)
        speed_tape.append(speed)
        acceleration = -damping * speed - 9.81 * math.sin(angle)
        angle = angle + step * speed
        speed = speed + step * acceleration
    # return angle * angle + speed * speed
    angle_bar = 2.0 * angle
    speed_bar = 2.0 * speed
    damping_bar = 0.0
    for _ in range(n):
        # speed = speed + step * acceleration
        speed = speed_tape.pop()
        acceleration_bar = step * speed_bar
        # angle = angle + step * speed
        angle = angle_tape.pop()
        speed_bar += step * angle_bar
        # acceleration = -damping * speed - 9.81 * math.sin(angle)
        damping_bar -= speed * acceleration_bar
        speed_bar -= damping * acceleration_bar
        angle_bar -= 9.81 * math.cos(angle) * acceleration_bar
    return angle_bar, speed_bar, damping_bar


PROGRAMS = [
    Program("logistic map, 1000 steps", "loop", logistic_map, logistic_map_hand, (0, 1), lambda: (2.8, 0.3, 1000)),
    Program("pendulum, 1000 steps", "loop", pendulum, pendulum_hand, (0, 1, 2), lambda: (1.0, 0.1, 0.3, 1000)),
]
