"""Programs that once had a wrong derivative because an array, list or constant was known under several names."""

import numpy as np
from catalogue import program


def vector():
    return np.array([0.3, -0.7, 1.1, 0.5])


def matrix():
    return np.array([[0.3, 0.4, 0.5], [0.6, 0.7, 0.9]])


@program(lambda: (vector(),), note="an array that moves on to another name while its old memory is changed")
def old_memory_changed_by_a_view(x):
    y = x * 2.0
    z = 0.0
    for _ in range(2):
        z = z + np.sum(y * y)
        u = y[::2]
        y = np.sin(y)
        u *= 3.0
    return z + np.sum(y)


@program(lambda: (vector(), np.ones(4)), note="the argument changes hands before a view of it is changed")
def argument_changed_by_a_view(x, y):
    u = y[::2]
    for _ in range(2):
        y = y + x
        u *= 2.0
    return np.sum(y) * np.sum(u * x[:2])


@program(lambda: (vector(), np.array([1.0, 2.0, 3.0, 4.0])), note="old contents are seen under two names")
def constants_seen_under_two_names(x, y):
    u = y[:4]
    total = 0.0
    for _ in range(2):
        total += np.sum(u * np.sin(x))
        y[0] = y[0] * 2
        y = y * 3.0
    return total


@program(lambda: (vector(),), note="a list that grows after a name has left it")
def list_grows_under_its_other_name(x):
    z = [x[0], x[1] * x[2]]
    m = z
    total = 0.0
    for _ in range(3):
        total += np.sin(z[-1]) * z[0]
        z = [x[3] * total, total]
        m.append(x[1])
        m = z
    return total + sum(m)


def tripled_first(y):
    y[0] = y[0] * 3.0
    return np.sum(y * y)


@program(lambda: (vector(),), note="`y[0] -= ...` reads the place before a call in the value writes to it")
def place_read_before_the_call(x):
    y = x * 1.0
    y[0] -= tripled_first(y)
    return np.sum(y)


@program(lambda: (vector(),), note="operands are read from left to right, also those that carry no derivative")
def constants_read_before_the_call(x):
    k = np.ones(3)
    z = k[0] * tripled_first(k) + x[1]
    if k[0] * 1.0 < tripled_first(k) and k[0] + tripled_first(k) > 5.0:
        z = z * k[0]
    return z * x[0]


@program(lambda: (vector(),), note="a cotangent that starts as one number everywhere and is then added to in one place")
def filled_then_added_to(x):
    y = 0.5 * np.where(x > 0.4, x, x) - 0.3
    first = y[0]
    return np.sum(first) + np.sum(y)


@program(lambda: (matrix(),), note="an attribute of a part of an array")
def transposed_part(m):
    w = m[:].T
    return np.sum(w * w) + np.sum(m[1].real * m[0].T)


@program(lambda: (vector(),), note="a loop without active values that stands whole, left by `break`")
def loop_left_early(x):
    k = 0.0
    for _, b in enumerate([1.0, 2.0, 3.0]):
        k = 1.0 * b
        if b > 1.5:
            break
        k = 2.0
    return k * np.sum(x * x)


@program(lambda: (vector(),), note="constants that a whole statement changes under another name")
def constants_changed_in_a_whole_loop(x):
    k = np.ones(4)
    u = k[1:]
    total = 0.0
    for _ in range(2):
        total += np.sum(k * np.sin(x)) + np.sum(u * x[1:] ** 2)
        for a, b in enumerate([1.0, 2.0, 3.0]):
            k[a] += b
            u[a] *= 1.5
        k = k * 1.1
    for row in k.reshape(2, 2):
        row[0] = 2.0 * row[1]
    return total + np.sum(k * x)


@program(lambda: (vector(), vector()), wrt=(0, 1), scalar=False, note="one dict twice in a result")
def dict_returned_twice(x, y):
    u = {"k": y, "l": np.sum(x)}
    return {"a": u, "b": u}


def powers(a, n=2):
    return a if n == 0 else np.sin(a) * powers(a, n - 1)


@program(lambda: (vector(),), note="recursion with a default")
def recursion_with_a_default(x):
    return np.sum(powers(x))


@program(lambda: (vector(),), note="a branch that changes the list its test asks about")
def popped_or_not(x):
    v2 = [0.5, x[1]]
    w3 = v2.pop() if len(v2) > 1 else x[0]
    return w3


@program(lambda: (vector(),), note="a loop over a list's length that makes it longer")
def list_grows_in_its_loop(x):
    items = [x[0], x[1]]
    for i in range(len(items)):
        items.append(items[i] * 2)
    return sum(v * v for v in items)


@program(lambda: (vector(),), note="a test that is the list itself, emptied in the branch")
def popped_while_there_is_one(x):
    items = [x[0]]
    t = x[1]
    if items:
        t = items.pop() * 2
    else:
        t = t * 5
    return t * x[2]


@program(lambda: (vector(),), note="a branch that changes what its test asks under another name")
def asks_under_another_name(x):
    items = [x[0]]
    m = items
    t = x[1]
    if len(m) == 1:
        items.append(x[3])
        t = items[-1] * 2
    else:
        t = t * 5
    return t * x[2]


@program(lambda: (vector(),), note="a branch that changes, through a view, the constant that its test reads")
def asks_a_changed_constant(x):
    k = np.ones(3)
    u = k[:2]
    t = x[1]
    if k[0] == 1.0:
        u[0] = 3.0
        t = t * t
    else:
        t = t * 5
    return t * x[2]


@program(
    lambda: (vector(),),
    note="a branch that changes, under another name, the array whose truth its test asks",
)
def truth_of_a_changed_constant(x):
    k = np.ones(1)
    u = k
    t = x[1]
    if k:
        u -= 1.0
        t = t * t
    else:
        t = t * 5
    return t * x[2]


def given_back(a, b):
    if b is None:
        return b
    return a


@program(lambda: (matrix(),), scalar=False, may_refuse=True, note="a callee gives its argument back")
def argument_given_back_and_changed(m):
    w = given_back(m, m)
    w -= 0.5
    return np.sin(m), w


def kept_result(a):
    r = np.exp(a)
    if a[0] > 100.0:
        return a
    return r


@program(lambda: (vector(),), note="a result that its callee keeps is changed by the caller")
def kept_result_changed(x):
    r = kept_result(x)
    s = np.sum(r * x)
    r *= 2.0
    r[0] = 5.0
    return s * np.sum(r)


@program(lambda: (vector(), vector()), wrt=0, note="constants of the caller changed by an unpacking in a whole loop")
def unpacked_into_an_argument(x, y):
    n = 0
    total = np.sum(x * y)
    while n < 3:
        n += 1
        y[2], y[1] = y[2:]
    return total * np.sum(x * y)


def scaled_powers(a):
    r = np.exp(a)
    if a[0] > 100.0:
        return a
    return r * a


def products(a, k):
    r = a * k
    if a[0] > 100.0:
        return r
    return np.sin(r) * k


def weighted_by_the_last(items):
    t = 0.0
    for v in items:
        t = t + np.sin(v) * items[-1]
    return t


@program(lambda: (vector(),), note="an argument changed between calls of what keeps it")
def argument_changed_between_calls(x):
    y = x * 1.0
    s = 0.0
    for i in range(3):
        s += np.sum(scaled_powers(y))
        y[i] = y[i] * x[3]
    return s


@program(lambda: (vector(),), note="an argument takes the result, which is changed")
def argument_moves_on_and_changes(x):
    y = x * 1.0
    for _ in range(3):
        y = scaled_powers(y) * 0.1
        y += x
    return np.sum(y)


@program(lambda: (vector(),), second=False, note="constants changed through a view between calls")
def constants_changed_between_calls(x):
    k = np.ones(4)
    s = 0.0
    u = k[:2]
    for _ in range(3):
        s += np.sum(scaled_powers(x * k)) + np.sum(products(x, k))
        u += 1.0
    return s


@program(lambda: (vector(),), second=False, note="a list that grows and changes between calls")
def list_changed_between_calls(x):
    items = [x[0], x[1]]
    s = 0.0
    for _ in range(3):
        s += weighted_by_the_last(items)
        items.append(s)
        items[0] = s * x[2]
    return s


@program(lambda: (vector(),), note="an argument changed under another name after its name has moved on")
def argument_changed_under_its_old_name(x):
    y = x * 1.0
    s = 0.0
    for _ in range(2):
        z = y
        y = scaled_powers(y)
        s += np.sum(y)
        z *= 2.0
        s += np.sum(z * z)
    return s


@program(lambda: (vector(),), note="items looked through while the array that they are in changes")
def items_of_a_changing_array(x):
    for _ in range(1):
        y = [x / e for e in x]
        x[2] += 0.5
    x += 0.5
    return np.sum(sum(y))


@program(lambda: (vector(), vector()), wrt=(0, 1), note="a view read by a store into its array, again")
def view_read_by_a_store(x, y):
    for _ in range(2):
        x += y
        x[[2, 0]] = x.reshape(2, -1) @ y[[0, 2]]
    return np.sum(x)


@program(lambda: (vector(),), may_refuse=True, note="an entry of a dict changed where exceptions count")
def entry_changed_in_a_region(x):
    y = x * 1.0
    d = {"k": y}
    try:
        d["k"] *= x[1]
    finally:
        pass
    return np.sum(y) * x[2]


@program(lambda: (vector(),), may_refuse=True, note="an array changed in a region, and a view of it")
def view_of_what_a_region_changes(x):
    y = x * 1.0
    w = y[:2]
    try:
        pass
    finally:
        y -= x * x
    return np.sum(w * w) + np.sum(y)


@program(lambda: (vector(),), wrt=0, note="a part of a constant that active values are written to")
def constant_written_through_a_part(x):
    y = np.ones(4)
    w = y
    w[1] = np.sum(x)
    return np.mean(y * y)


@program(
    lambda: (matrix(), vector()), wrt=1, may_refuse=True, note="rows of a constant that active values are written to"
)
def constant_written_by_rows(m, x):
    m = m.copy()
    for row in m:
        row[0] = x[1] * row[1]
    return np.sum(m * m)


@program(lambda: (vector(), vector()), wrt=(0, 1), scalar=False, note="a view negated twice is a copy")
def part_updated_by_itself(x, y):
    x[:2] -= -(y[2] * x[0])
    return x


def halved_last(a):
    a[3] *= 0.5


def halves_a_view(b):
    halved_last(np.asarray(b))
    b.reshape(2, 2)[0, 1] = 3.0


@program(lambda: (vector(), vector()), wrt=0, may_refuse=True, note="a view made in a call is written to")
def argument_changed_in_a_call(x, y):
    halves_a_view(y)
    return np.sum(x * y)


def _given_back(v, n):
    for i in range(n):
        if i > 5:
            v = v * 2.0
    return v


def _added_after(p, q, n):
    if n == 0:
        return p + q
    return _added_after(p, q, n - 1)


@program(lambda: (vector(), np.ones(4)), wrt=(0, 1), note="a callee gives back the cotangent that it was given")
def cotangent_given_back(x, u):
    a = x[0] * 3.0
    w = _given_back(x, 2) + u
    return np.sum(w * w) + a


@program(lambda: (vector(), np.ones(4)), wrt=(0, 1), note="a callee gives one cotangent to two arguments")
def cotangent_given_to_two(x, u):
    a = x[0] * 3.0
    b = u[1] * 2.0
    w = _added_after(x, u, 2)
    return np.sum(w * w) + a + b


@program(lambda: (vector(),), note="the tangent of a NumPy number is no array that two names can share")
def number_added_to_under_two_names(x):
    p = np.exp(0.1)
    u = p
    for i in range(3, -1, -1):
        p += x[1]
        if i < 1:
            break
        u = p
    return u * p


@program(lambda: (matrix(),), note="the tangent of a view is read after its array is overwritten")
def view_read_before_its_array_is_overwritten(m):
    z = np.tensordot(m.reshape(3, 2), 3.0, axes=0)
    m[:] = 0.5
    return np.sum(z * z) + np.sum(m)


@program(lambda: (vector(),), note="one array under two names, changed under one of them")
def two_names_one_changed(x):
    a = 2.0 * x
    b = a
    a += x
    return np.sum(a * b)


@program(lambda: (vector(),), note="halves that change places through views")
def halves_swapped(x):
    y = x * 1.0
    y[:2], y[2:] = y[2:], y[:2]
    return np.sum(y**2 * np.array([1.0, 2.0, 3.0, 4.0]))


@program(lambda: (vector(),), note="a view read after what it is a view of has changed twice")
def view_reads_the_new_contents(x):
    y = x * 1.0
    z = y[::-1]
    y[0] = np.sin(y[1])
    y *= 2.0
    return np.sum(z**2 * np.array([1.0, 2.0, 3.0, 4.0]))


@program(lambda: (matrix(),), note="rows changed in place while the matrix is read")
def rows_changed_while_the_matrix_is_read(m):
    for row in m:
        row -= np.sin(m[0])
        row[0] *= 2.0
    return np.sum(m * m)


@program(lambda: (vector(),), note="an array that is an entry of a list, changed in a loop that reads the list")
def entry_of_a_list_changed(x):
    y = x * 1.0
    held = [y * y, y]
    for _ in range(3):
        y[0] = 0.5 * y[1]
        u = held[-1] * held[0]
        y += 0.1 * u
    return np.sum(u * held[1])


@program(lambda: (vector(),), note="either name may be the other one, and both are changed")
def both_names_changed(x):
    y = x + 0.0
    z = np.asarray(y)
    for _ in range(3):
        y += np.sin(z)
        z[1] *= y[0]
    return np.sum(z * y)


@program(lambda: (matrix(),), note="a transpose and a copy of it, and changes under either name")
def transpose_and_flattened_copy(m):
    copied = m.T.reshape(-1)[:4]
    u = m.T
    m[0, 1] = np.sin(m[1, 0])
    u[0] *= 2.0
    return np.sum(m**2) + np.sum(u**3) + np.sum(copied)


@program(lambda: (vector(),), lambda: (-vector(),), note="shared on one way through the program only")
def shared_in_one_branch(x):
    y = x * 1.0
    v = y if y[0] > 0 else x * 2.0
    y *= 3.0
    return np.sum(v * y)


@program(lambda: (vector(), vector()[::-1] * 2.0), note="a part of an entry becomes the entry")
def entry_replaced_by_its_part(x, y):
    held = [x * y, x]
    held[0] = held[0][1]
    return np.sum(x) * held[0]


@program(lambda: (vector(),), note="a list in a list, reached by both ways while it grows")
def inner_list_grows_under_two_names(x):
    inner = [x[0]]
    outer = [inner, [x[1]]]
    for k in range(3):
        inner.append(x[k] * outer[0][-1])
        outer[1].append(inner[k])
    return sum(outer[0]) * sum(outer[1])


@program(lambda: (vector(),), note="a window slides over a buffer that is written behind it")
def window_over_a_buffer(x):
    buffer = np.concatenate([x, np.zeros(4)])
    window = buffer[:4]
    total = 0.0
    for k in range(4):
        total += np.sum(window * np.sin(window))
        buffer[4 + k] = total * x[k]
        window = buffer[k + 1 : k + 5]
        buffer[k + 2] *= 0.5
    return total + np.sum(window)


def two_rows():
    return (np.array([[0.7, 1.3], [-0.4, 2.0]]),)


@program(two_rows, note="einsum of one array of which no axis is summed gives a view")
def einsum_that_turns(x):
    a = x * 1.0
    y = np.einsum("ij->ji", a)
    a *= 2.0
    y[0] = 5.0 * x[1]
    return np.sum(y * y) + np.sum(a * np.array([[0.0, 1.0], [2.0, 3.0]]))


@program(two_rows, note="a diagonal that can be written to")
def einsum_that_takes_a_diagonal(x):
    a = x * 1.0
    y = np.einsum("ii->i", a)
    y *= 3.0
    a[0, 1] = 7.0
    return np.sum(a * a) * np.sum(y)


@program(two_rows, note="diag of a matrix is a view of it, and the first power is the matrix itself")
def diagonals_and_powers_that_see_a_change(x):
    a = x * 1.0
    d = np.diag(a)
    p = np.linalg.matrix_power(a, 1)
    t = np.trim_zeros(a[1])
    a *= 2.0
    a[0, 0] = 5.0 * x[1, 0]
    return np.sum(d * d) + np.sum(p**3) + np.sum(t * t)


@program(two_rows, note="a grid of views, and one of copies")
def grids_that_see_a_change(x):
    a = x * 1.0
    seen = np.meshgrid(a[0], a[1], copy=False)
    kept = np.meshgrid(a[0], a[1], sparse=True)
    a *= 2.0
    return np.sum(seen[0] ** 2) + np.sum(kept[1] ** 3)
