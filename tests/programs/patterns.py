"""`match` with every kind of pattern."""

from dataclasses import dataclass

import numpy as np
from catalogue import program


def row():
    return (np.array([0.7, 1.3, 0.4]),)


@dataclass
class Spring:
    stiffness: float
    length: float


class Polar:
    __match_args__ = ("radius", "angle")
    radius = 2.0
    angle = 0.5


@program(lambda: (np.array([0.5, 1.5]),), row, lambda: (np.ones(5),))
def by_length(x):
    match len(x):
        case 2:
            y = 2.0 * x
        case 3 | 4:
            y = x * x
        case _:
            y = x
    return np.sum(y)


@program(row)
def sequence_captured(x):
    pair = (x[0], x[1] * x[2])
    match pair:
        case (a, b):
            return a * b + b
    return 0.0


@program(row)
def starred(x):
    match [x[0], x[1], x[2], x[0] * x[1]]:
        case [first, *rest, last]:
            return first * rest[0] * rest[1] + last * len(rest)
        case _:
            return 0.0 * x[0]


@program(
    row,
)
def mapping(x):
    terms = {"u": x[0], "v": x[1] * x[1], "kind": "product", "w": x[2]}
    match terms:
        case {"kind": "sum", "u": u, "v": v}:
            return u + v
        case {"kind": "product", "u": u, **rest}:
            return u * rest["v"] * rest["w"] * len(rest)


@program(row)
def shapes_of_a_scene(x):
    total = 0.0
    for shape in [("disc", x[0]), ("box", x[1], x[2]), ("point",), ("box", x[0], 2.0)]:
        match shape:
            case ("disc", r):
                total += 3.0 * r * r
            case ("box", w, h) if w < 1.0:
                total += w * h
            case ("box", w, h):
                total += w * h * h
            case _:
                total += 0.1
    return total


@program(
    row,
)
def instances(x):
    spring = Spring(x[0], x[1] ** 2)
    match spring:
        case Spring(stiffness=k, length=n) if k > 100:
            return k * n
        case Spring(k, n):
            return k - n * x[2]


@program(row)
def class_with_match_args(x):
    match Polar():
        case Polar(radius=r, angle=0.0):
            return r * x[0]
        case Polar(r, a):
            return r * x[0] + a * x[1] ** 2


@program(row)
def kinds_of_values(x):
    total = 0.0
    for v in (x[0], 3, "text", None, True, x[1]):
        match v:
            case None | str():
                total += 0.5 * x[0]
            case bool():
                total += x[2]
            case float(w):
                total += w * w
            case int() as k:
                total += k * x[2]
    return total


@program(row)
def guards_in_order(x):
    match x[0]:
        case y as z if z > 1.0:
            return y * y
        case y if y > 0.5:
            return y**3
        case other:
            return other


@program(row)
def alternatives_capture(x):
    match (x[0], "b", x[1]):
        case (_, "a", v) | (v, "b", _):
            return v * v
    return x[2]


@program(row)
def nothing_matches(x):
    y = x[0] * x[1]
    match "c":
        case "a":
            y = x[0]
        case "b":
            return x[1]
    return y


@program(row)
def within_a_loop_with_exits(x):
    total = 0.0
    for command, value in [("add", x[0]), ("skip", x[1]), ("scale", x[2]), ("stop", x[0]), ("add", x[1])]:
        match command:
            case "add":
                total = total + value**2
            case "scale":
                total = total * value
            case "skip":
                continue
            case "stop":
                break
    return total


@program(row, may_refuse=True)
def captured_array_changed_in_place(x):
    u = 2.0 * x
    match [u, 1.0]:
        case [v, _]:
            v[0] = x[1] * x[2]
    return np.sum(u * u)
