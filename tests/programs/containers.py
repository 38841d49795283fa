"""Tuples, lists and dicts: built, indexed, unpacked (starred too), appended to, nested, returned."""

import numpy as np
from catalogue import program


@program(lambda: (0.5, 0.8), wrt=(0, 1))
def tuple_built(a, b):
    pair = (a * b, a + b)
    return pair[0] * pair[1] + pair[-1]


@program(lambda: (0.5, 0.8), wrt=(0, 1))
def tuple_unpacked(a, b):
    p = a * a, (b, a * b)
    x, (y, z) = p
    return x * y + z


@program(lambda: ([0.5, 0.8, 1.3, -0.4],))
def starred(values):
    first, *middle, last = values
    return first * last + middle[0] * middle[1] ** 2


@program(lambda: ((0.5, 0.8),), lambda: ((0.5, 0.8, 0.9, 1.0),))
def starred_rest(values):
    head, *rest = values
    total = head
    for r in rest:
        total = total * r
    return total + len(rest)


@program(lambda: (np.array([0.5, 0.8, 1.3]),))
def array_unpacked(p):
    a, b, c = p
    return a * b**2 + np.sin(c)


@program(lambda: (np.array([0.5, 0.8, 1.3]),), lambda: (np.array([0.5, 0.8, 1.3, 2.0]),))
def array_unpacked_starred(p):
    a, *rest = p
    return a * sum(rest)


@program(lambda: (np.linspace(0.1, 0.6, 6).reshape(3, 2),))
def rows_unpacked(m):
    (a, b), c, d = m
    return a * b + np.dot(c, d)


@program(lambda: (np.linspace(0.1, 0.9, 4),), lambda: (np.zeros(0),))
def appended(x):
    out = []
    for v in x:
        out.append(v * v)
    return sum(out)


@program(lambda: (np.linspace(0.1, 0.9, 4),))
def append_then_np_sum(x):
    out = []
    for i in range(len(x)):
        out.append(np.sin(x[i]) * i)
    return np.sum(out)


@program(lambda: (np.linspace(0.1, 0.9, 4),), scalar=False)
def append_then_np_array(x):
    out = []
    for v in x:
        out.append(v**2)
    return np.array(out) * 2.0


@program(lambda: (np.linspace(0.1, 0.9, 3), 4), lambda: (np.linspace(0.1, 0.9, 3), 1))
def append_then_stack(x, n):
    states = []
    for t in range(n):
        states.append(x)
        x = np.sin(x) + 0.1 * t
    return np.sum(np.stack(states, axis=1) ** 2)


@program(lambda: (np.linspace(0.1, 0.9, 3),))
def append_then_concatenate(x):
    parts = [x]
    for k in range(2):
        parts.append(parts[-1] * x)
    return np.sum(np.concatenate(parts) ** 2)


@program(lambda: (0.7, 4), lambda: (0.7, 0))
def list_as_recurrence(x, n):
    f = [x, x * x]
    for i in range(n):
        f.append(f[-1] + 0.5 * f[-2] * x)
    return f[-1] * len(f)


@program(lambda: (0.7,))
def list_elements_replaced(x):
    v = [x, 2.0 * x, x * x]
    v[1] = v[0] * v[2]
    v[0] = np.sin(v[1])
    v[-1] += v[0]
    return v[0] + v[1] * v[2]


@program(lambda: (0.7,))
def list_methods(x):
    v = [x]
    v.extend([x * x, x**3])
    v.insert(1, 2.0 * x)
    last = v.pop()
    w = v + [last * 2.0]
    w += [x]
    return sum(w) * w[1]


@program(lambda: (0.7,))
def list_sliced(x):
    v = [x, x * x, x**3, x**4]
    tail = v[1:]
    a, b = v[::2]
    return sum(tail) * a + b + len(tail)


@program(lambda: (0.7, 3))
def list_repeated(x, n):
    v = [0.0] * n
    for i in range(n):
        v[i] = x**i
    w = [x] * 2
    return sum(v) * w[0] * w[1]


@program(lambda: (0.7, 0.3), wrt=(0, 1))
def dict_built(a, b):
    d = {"sum": a + b, "product": a * b}
    d["ratio"] = d["sum"] / d["product"]
    d["sum"] += 1.0
    return d["ratio"] * d["sum"]


@program(lambda: (0.7,))
def dict_methods(x):
    d = dict(a=x, b=x * x)
    d.update(c=x**3)
    e = d.get("missing", x * 2.0)
    total = 0.0
    for k in d:
        total += d[k]
    for v in d.values():
        total *= v + 1.0
    return total + e


@program(lambda: (0.7,))
def dict_with_numbers_as_keys(x):
    memory = {0: 1.0, 1: x}
    for n in range(2, 6):
        memory[n] = memory[n - 1] * x + memory[n - 2]
    return memory[5]


@program(lambda: (0.7,))
def nested_containers(x):
    tree = {"left": [x, (x * x, 2.0)], "right": {"deep": [np.sin(x)]}}
    tree["left"].append(tree["right"]["deep"][0] * x)
    a, (b, c) = tree["left"][0], tree["left"][1]
    return a * b * c + tree["left"][2]


@program(
    lambda: (
        {"W": np.linspace(-0.5, 0.5, 6).reshape(3, 2), "b": np.array([0.1, -0.2])},
        np.linspace(0.0, 1.0, 12).reshape(4, 3),
    ),
    wrt=(0, 1),
)
def parameters_in_dict(params, X):
    h = np.tanh(X @ params["W"] + params["b"])
    return np.sum(h**2)


@program(
    lambda: (
        [
            (np.linspace(-0.5, 0.5, 6).reshape(2, 3), np.array([0.1, -0.2, 0.3])),
            (np.linspace(0.6, -0.5, 3).reshape(3, 1), np.array([0.1])),
        ],
        np.array([0.4, -0.7]),
    )
)
def layers_in_list(layers, x):
    for W, b in layers[:-1]:
        x = np.tanh(x @ W + b)
    W, b = layers[-1]
    return np.sum(x @ W + b)


@program(lambda: (0.7,), scalar=False)
def returns_tuple(x):
    return x * x, np.sin(x)


@program(lambda: (np.array([0.7, 0.2]), 2.0), scalar=False, wrt=(0, 1))
def returns_dict(x, s):
    y = x * s
    return {"value": y, "parts": [np.sum(y), s**2], "same": x}


@program(lambda: (0.7, 0.2), scalar=False, wrt=(0, 1))
def returns_list_twice_the_same(a, b):
    y = a * b
    return [y, y, a]


@program(lambda: (0.7,))
def tuple_concatenated(x):
    t = (x, 2.0) + (x * x,)
    return t[0] * t[1] * t[2] * len(t)


@program(lambda: (0.7,), note="a list given two names", may_refuse=True)
def list_alias(x):
    a = [x]
    b = a
    b.append(x * x)
    b[0] = 3.0 * x
    return a[0] * a[1]


@program(lambda: (np.array([0.3, 0.5]), 3), note="a list used as a stack")
def stack_machine(x, n):
    stack = []
    for i in range(n):
        stack.append(x[0] + i)
        stack.append(x[1])
    while len(stack) > 1:
        a = stack.pop()
        b = stack.pop()
        stack.append(a * b + 0.1)
    return stack[0]


@program(lambda: (np.array([0.3, 0.5]), 4))
def queue_of_two(x, n):
    queue = [x[0], x[1]]
    for i in range(n):
        queue = queue[1:] + [queue[0] * queue[1] + 0.3]
    return queue[0] - queue[1]


@program(lambda: (np.linspace(0.1, 0.9, 3),), note="a tuple changed by a swap in a loop")
def tuple_state(x):
    state = (x[0], x[1])
    for k in range(3):
        position, velocity = state
        state = (position + 0.1 * velocity, velocity - 0.1 * position * x[2])
    return state[0] ** 2 + state[1] ** 2


@program(lambda: (0.6, 3), note="rows appended, made a matrix, and indexed")
def list_of_lists(x, n):
    table = []
    for i in range(n):
        line = []
        for j in range(n):
            line.append(x ** (i + j) + i)
        table.append(line)
    m = np.array(table)
    return np.sum(m @ m) + table[1][2]


@program(lambda: (np.linspace(0.1, 0.9, 6),))
def sums_by_group(x):
    groups = {}
    for i, v in enumerate(x):
        key = i % 3
        if key not in groups:
            groups[key] = []
        groups[key].append(v * v)
    return sum(sum(g) ** 2 for g in groups.values())


@program(lambda: (np.linspace(0.1, 0.9, 6),))
def default_by_get(x):
    sums = {}
    for i, v in enumerate(x):
        sums[i % 2] = sums.get(i % 2, 0.0) + v * v
    return sums[0] * sums[1]


@program(
    lambda: (np.array([[0.3, 0.4], [0.5, -0.2]]), np.array([0.7, 1.2]), 0.8), wrt=(0, 1, 2), note="entries replaced"
)
def entries_give_way_to_their_parts(m, y, p):
    items = [m, y]
    s = items[0][0][1] * p
    items[0] = y * s
    items[0][1] += p
    items[0] = 3.0 * items[0][0]
    pairs = {"a": [m * s, y], "b": y}
    pairs["a"] = pairs["a"][0][1] * items[0]
    return np.sum(pairs["a"] * pairs["b"]) * items[0]


@program(lambda: (np.array([0.3, -0.4, 0.5]), np.array([0.7, 1.2, 0.2]), 0.8), wrt=(0, 1, 2))
def entries_replaced_in_each_round(x, y, p):
    z = [x * 1.0, y * 2.0]
    for k in range(3):
        z[0][k] = z[1][k] * p
        z[1] = z[0] * z[1]
        z[0] = z[1] + p
    z[0] = z[0][2]
    return z[0] * np.sum(z[1])


@program(
    lambda: (np.array([0.3, -0.4, 0.5]), np.array([0.7, 1.2, 0.2])), wrt=(0, 1), note="a part of what was replaced"
)
def entry_changed_in_part_and_replaced(x, y):
    x = x * 2.0
    x[2] *= 0.5
    items = [x, y]
    total = np.sum(items[0][:2])
    items[0] = 4.0
    return total * items[0] + np.sum(items[1])


@program(
    lambda: (np.array([0.3, -0.4, 0.5]), np.array([0.7, 1.2, 0.2]), 0.8),
    wrt=(0, 1, 2),
    note="an entry is changed while a view of it is read",
)
def new_array_changed_as_an_entry(x, y, p):
    items = [np.tanh(y), x]
    items[0] += p
    items[0] += items[1] * items[0].reshape(3)
    return np.sum(items[0] * items[1])


@program(lambda: (np.array([0.3, -0.4, 0.5]), 0.8), wrt=(0, 1), scalar=False, note="a copy of a list is no array")
def copied_list_in_a_result_twice(x, p):
    items = [x, p]
    items = items.copy()
    return (items, items)


@program(lambda: (np.array([0.3, -0.4, 0.5]), 0.8), wrt=(0, 1), note="the loop goes on through the first dict")
def dict_replaced_while_it_is_gone_through(x, p):
    pairs = {"k": x, "l": p}
    total = 0.0
    for key, e in pairs.items():
        pairs = {"k": e * 2.0, "l": np.sum(e) + 1.0}
        total = total + np.sum(e) * np.sum(pairs["k"])
    for e in pairs.values():
        pairs = dict(pairs, l=e)
    return total * np.sum(pairs["l"])
