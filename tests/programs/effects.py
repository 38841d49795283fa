"""Calls for their effect inside expressions that carry no derivative: tests, comparisons, places, comprehensions."""

from __future__ import annotations

import bisect
import heapq
from collections import deque

import numpy as np
from catalogue import program


def row():
    return (np.array([0.7, 1.3, 0.4]),)


@program(row, note="the test takes an element away, which the program does not read again")
def pops_in_a_test(x):
    stack = [x[0], x[1], x[2]]
    y = 1.0
    if stack.pop() > 0.0:
        y = 2.0
    return stack[-1] ** 2 * y


@program(row)
def pops_in_the_test_of_a_loop(x):
    stack = [x[0], x[1], x[2]]
    total = 0.0
    while stack and stack.pop() > 0.0:
        total = total * 0.5 + sum(stack) ** 2
    return total


@program(row, note="the exponents are data, which adjoints read")
def pops_data_in_a_test(x):
    powers = [1.0, 2.0, 3.0]
    y = x[0] * powers[-1] * x[0]
    if powers.pop() > 0.0:
        y = y * x[1]
    return y * powers[-1] * x[2]


@program(row)
def pops_from_a_dict_in_a_place(x):
    held = {"a": x[0], "b": x[1]}
    k = int(held.pop("a") > 0.0) + len(held)
    return held["b"] ** 2 * x[k]


@program(row)
def appends_in_a_comparison(x):
    kept = []
    if kept.append(x[0]) is None and not kept.append(x[1]):
        kept.append(x[2])
    return kept[0] * kept[1] + kept[2]


@program(row)
def appends_in_the_bounds_of_a_loop(x):
    kept = []
    for i in range(2 if kept.append(x[0]) is None else 3):
        kept.append(x[i])
    return kept[0] * kept[1] * kept[2]


@program(row)
def appends_within_a_list_in_a_test(x):
    groups = [[], []]
    i, y = 1, 1.0
    if groups[i % 2].append(x[0]) is None:
        y = 2.0
    return groups[1][0] ** 2 * y


@program(row)
def marks_what_was_seen_in_a_condition(x):
    seen = set()
    kept = []
    for v in x:
        if v in seen or seen.add(v) or kept.append(2.0 * v):
            seen = set()
    return kept[0] * kept[2]


@program(row)
def sorts_and_fills_in_a_test(x):
    u = x * 1.0
    if u.sort() is None and u[1:].fill(2.0) is None:
        u[2] = x[1]
    return np.sum(u * u)


@program(row, note="the result of `out=` carries nothing, what it was written to does")
def writes_in_a_place(x):
    u = x * 1.0
    n = len(np.multiply(u, u, out=u))
    return np.sum(u * np.arange(3)) * n


@program(row)
def updates_in_a_comprehension(x):
    held = {}
    [held.update({k: v * v}) for k, v in enumerate(x)]
    return held[0] * held[1]


@program(row)
def pushes_in_a_comprehension(x):
    heap = []
    [heapq.heappush(heap, v) for v in x]
    return heapq.heappop(heap) * heap[0]


@program(row)
def pushes_and_keeps_what_that_gives(x):
    heap = []
    nothing = heapq.heappush(heap, x[0])
    bisect.insort(heap, x[1])
    return heap[0] ** 2 * (1.0 if nothing is None else 2.0)


@program(row, note="operators by their methods")
def writes_by_methods_of_operators(x):
    u = np.zeros(3)
    u.__iadd__(x)
    total = [0.0]
    [total.__setitem__(0, total[0] + v) for v in u]
    return total[0] ** 2 * u[1]


@program(row)
def copies_in_a_display(x):
    u = np.zeros(3)
    both = np.put(u, [0], x[0]), np.copyto(u[1:], x[1:])
    return np.sum(u * u) * len(both)


@program(row)
def takes_turns_in_a_queue(x):
    queue = deque([(x[0], 1), (x[1], 2)])
    total = 0.0
    while queue and (first := queue.popleft())[1] < 3:
        total = total + first[0] ** 2
        if first[1] == 1:
            queue.append((first[0] * x[2], 2))
    return total


@program(row, note="the message is made only where the test fails")
def appends_in_the_message_of_an_assert(x):
    kept = [x[0], x[1], x[2]]
    assert kept.pop() > 0.0, kept.append(3.0)
    return kept[-1] ** 2


class Recorder:
    def __init__(self):
        self.total, self.count = 0.0, 0

    def add(self, value):
        self.total = self.total + value
        self.count += 1
        return self.count


@program(row)
def adds_in_the_test_of_a_loop(x):
    recorder = Recorder()
    n = recorder.add(x[0]) + recorder.add(x[1])
    while recorder.add(x[2]) < 5:
        n = n + 1
    return recorder.total**2 * n


class Reversed:
    """Its elements come in another order than its places."""

    def __init__(self, a, b):
        self.a, self.b = a, b

    def __getitem__(self, k):
        return (self.a, self.b)[k]

    def __iter__(self):
        return iter((self.b, self.a))


class Given:
    def __init__(self, a, b):
        self.a, self.b = a, b

    def __iter__(self):
        yield self.b
        yield self.a


@program(row, note="an object is unpacked as it is looped over, not by places")
def unpacks_objects(x):
    a, b = Reversed(x[0], x[1])
    c, *rest = Given(x[1], x[2])
    return a**2 * b + c**2 * rest[0]
