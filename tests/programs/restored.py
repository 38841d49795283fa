"""Objects that the reverse sweep puts back: the same ones as before, for other names hold them too."""

from __future__ import annotations

import numpy as np
from catalogue import program


def vector():
    return np.array([0.3, -0.7, 1.1, 0.5])


class Cell:
    def __init__(self, a, b=None):
        self.a = a
        self.b = b

    @property
    def half(self):
        return self.a * 0.5

    @half.setter
    def half(self, value):
        self.a = 2.0 * value


@program(lambda: (vector(),), note="the object's array has a name in the rule of exp")
def field_changed_of_an_object_made_in_a_loop(x):
    total = 0.0
    for i in range(3):
        cell = Cell(np.exp(x))
        cell.a[i] += x[0]
        total = total + np.sum(cell.a * cell.a)
    return total


@program(lambda: (vector(),))
def entry_changed_of_a_dict_made_in_a_loop(x):
    total = 0.0
    for i in range(3):
        d = {"a": np.exp(x), "b": [np.sin(x)]}
        d["a"][i] += x[0]
        d["b"][0][i] *= x[1]
        total = total + np.sum(d["a"] * d["b"][0])
    return total


@program(lambda: (vector(),))
def array_changed_in_an_object_in_an_object(x):
    total = 0.0
    for i in range(3):
        outer = Cell(Cell(np.exp(x)), (np.sin(x), x[1]))
        outer.a.a[i] += x[0]
        outer.b[0][i] *= x[2]
        total = total + np.sum(outer.a.a * outer.b[0])
    return total


@program(lambda: (vector(),), note="two buffers that swap names, both in a list that one is written through")
def swapped_names_in_a_list(x):
    y = x * 2.0
    z = x * 1.0
    for _ in range(3):
        y, z = z, y
        both = [y - 0.3, z]
        np.copyto(z, both[-1] * y)
    return np.sum(np.sin(z)) + np.sum(y)


@program(lambda: (vector(),))
def swapped_names_in_a_tuple(x):
    y = x * 2.0
    z = x * 1.0
    for _ in range(3):
        y, z = z, y
        both = (y - 0.3, z)
        np.copyto(z, both[-1] * y)
    return np.sum(np.sin(z)) + np.sum(y)


@program(lambda: (vector(),))
def swapped_entries_of_a_list(x):
    buffers = [np.exp(x), x * 1.0]
    for k in range(3):
        buffers[0], buffers[1] = buffers[1], buffers[0]
        first = buffers[0]
        buffers[1][k] = first[0] * x[k]
        first *= buffers[1]
    return np.sum(np.sin(buffers[0])) + np.sum(buffers[1])


@program(lambda: (vector(),))
def swapped_fields(x):
    cell = Cell(np.exp(x), x * 1.0)
    for k in range(3):
        cell.a, cell.b = cell.b, cell.a
        cell.b[k] = cell.a[0] * x[k]
        cell.a += cell.b
    return np.sum(np.sin(cell.a)) + np.sum(cell.b)


@program(lambda: (vector(),), note="a property whose setter stores a new array")
def property_set_in_a_loop(x):
    cell = Cell(np.exp(x))
    for k in range(3):
        held = cell.a
        cell.half = np.sin(held) * x[k]
        cell.a[k] += held[0]
    return np.sum(cell.a * cell.half)


@program(lambda: (vector(),), note="what leaves a list is changed under another name")
def popped_and_changed(x):
    parts = [np.exp(x), np.sin(x)]
    view = parts[1][::-1]
    total = 0.0
    for k in range(2):
        total = total + np.sum(parts[-1] * parts[0])
        last = parts.pop()
        view[k] *= last[0] * x[k]
        parts.append(last)
        parts[0][k] += last[1]
    return total + np.sum(parts[1] * parts[0])


def changes_a_field(cell, k):
    cell.a[k] *= cell.b[0]
    cell.b = cell.a * 0.5
    return cell.b[k]


@program(lambda: (vector(),), note="a callee changes what two fields hold")
def fields_changed_by_a_callee(x):
    cell = Cell(np.exp(x), np.sin(x))
    kept = cell.b
    total = changes_a_field(cell, 0) + changes_a_field(cell, 1)
    return total * np.sum(kept) + np.sum(cell.a * cell.b)


@program(lambda: (vector(),), note="what was popped is changed after its name has moved on")
def popped_and_changed_under_another_name(x):
    parts = [np.exp(x), np.sin(x)]
    view = parts[1][::-1]
    total = 0.0
    for k in range(3):
        total = total + np.sum(parts[-1] * parts[0])
        view[0] *= x[k]
        y = parts.pop()
        z = y
        y = x * 2.0
        z *= 1.5
        parts.append(z)
    return total + np.sum(parts[1] * y)
