"""Lists and dicts that are cut, sorted and merged; other containers."""

# ruff: noqa: B905, C400, C419, E731, F841
from collections import Counter, OrderedDict, defaultdict, deque

import numpy as np
from catalogue import program


def row():
    return (np.array([0.7, 1.3, 0.4]),)


@program(row)
def del_name(x):
    y = x * x
    z = y + 1
    del y
    return np.sum(z)


@program(row)
def del_item(x):
    values = [x[0], x[1] * x[1], x[2]]
    del values[0]
    return values[0] * values[1]


@program(row)
def del_slice(x):
    values = [x[0], x[1] * x[1], x[2], x[0] * 3]
    del values[1:3]
    return values[0] * values[1]


@program(row)
def del_key(x):
    d = {"a": x[0], "b": x[1] * x[1], "c": x[2]}
    del d["a"]
    return sum(d.values())


@program(row)
def slice_assign(x):
    values = [x[0], x[1], x[0]]
    values[0:2] = [x[1] * x[1], x[0], x[2]]
    return values[0] * values[1] + values[2] * values[3]


@program(row)
def list_sort(x):
    values = [v * v for v in x]
    values.sort()
    return values[0] + 2 * values[1]


@program(row)
def list_sort_key(x):
    values = [v * v for v in x]
    values.sort(key=lambda v: -v, reverse=False)
    return values[0] + 2 * values[1]


@program(row)
def dict_comp_nested(x):
    d = {i: {j: x[i] * x[j] for j in range(3) if j != i} for i in range(3)}
    return sum(v for row in d.values() for v in row.values())


@program(row)
def setdefault(x):
    d = {}
    for i, v in enumerate(x):
        d.setdefault(i % 2, []).append(v * v)
    return sum(d[0]) * sum(d[1])


@program(row)
def dict_get1(x):
    d = {"a": x[0]}
    v = d.get("a")
    w = d.get("zz")
    return v * v if w is None else v


@program(row)
def dict_pop(x):
    d = {"a": x[0], "b": x[1] * x[1]}
    v = d.pop("a")
    return v * sum(d.values())


@program(row)
def dict_pop_default(x):
    d = {"a": x[0], "b": x[1] * x[1]}
    v = d.pop("q", x[2])
    return v * sum(d.values())


@program(row)
def dict_spread(x):
    d = {"a": x[0], "b": x[1]}
    e = {**d, "b": x[2] * x[2]}
    return e["a"] * e["b"]


@program(row)
def dict_or(x):
    d = {"a": x[0], "b": x[1]} | {"b": x[2] * x[2]}
    d |= {"c": x[1]}
    return d["a"] * d["b"] * d["c"]


@program(row)
def dict_items_loop(x):
    d = {k: v for k, v in zip("abc", x)}
    total = 0.0
    for k, v in sorted(d.items()):
        total = total * 0.5 + v * v * ord(k)
    return total


@program(row)
def dict_from_pairs(x):
    d = dict([("a", x[0]), ("b", x[1] ** 2)])
    e = dict(zip("ab", x))
    return d["a"] * d["b"] * e["b"]


@program(row)
def bounded_deque(x):
    q = deque([x[0]], maxlen=2)
    q.append(x[1] * x[1])
    q.append(x[2])
    return q[0] * q[1] + q.popleft()


@program(row)
def deque_loop(x):
    q = deque()
    for v in x:
        q.append(v * v)
    total = 0.0
    while q:
        total = total * 0.5 + q.popleft()
    return total


@program(row)
def numbers_by_default(x):
    d = defaultdict(float)
    for i, v in enumerate(x):
        d[i % 2] += v * v
    return d[0] * d[1]


@program(row)
def defaultdict_list(x):
    d = defaultdict(list)
    for i, v in enumerate(x):
        d[i % 2].append(v * v)
    return sum(d[0]) * sum(d[1])


@program(row)
def counter(x):
    c = Counter("aab")
    return c["a"] * np.sum(x * x)


@program(row)
def ordereddict(x):
    d = OrderedDict()
    d["a"] = x[0]
    d["b"] = x[1] * x[2]
    return sum(d.values()) * d["a"]


@program(row)
def list_remove(x):
    v = [x[0], x[1], x[2]]
    v.remove(v[1])
    return v[0] * v[1]


@program(row)
def list_copy_mul(x):
    v = [x[0]] * 3
    w = v.copy()
    w[0] = x[1] * x[1]
    return sum(v) * w[0]


@program(row)
def dict_popitem(x):
    d = {"a": x[0], "b": x[1] * x[1]}
    k, v = d.popitem()
    return v * d["a"]


@program(row)
def loop_pops(x):
    v = [x[0], x[1] * x[1], x[2] * x[0]]
    total = 0.0
    for _ in range(len(v)):
        total = total * 0.5 + v.pop()
    return total


@program(row)
def list_clear(x):
    v = [x[0], x[1] * x[1], x[2] * x[0]]
    t = v[1] * v[0]
    v.clear()
    v.append(x[2] * t)
    return v[0] * t
