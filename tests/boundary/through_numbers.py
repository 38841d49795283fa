"""Ways out through Python numbers, text and bytes."""

from __future__ import annotations

import ast
import cmath
import decimal
import fractions
import heapq
import io
import itertools
import json
import math
import operator
import random
import re
import statistics
import struct
from functools import lru_cache, reduce, singledispatch

import numpy as np
from ways import way


@way
def as_float(x):
    return float(x[0] * x[1]) ** 2


@way
def as_int(x):
    return int(x[2] * 10.5) * x[0]


@way
def as_complex(x):
    return abs(complex(x[0] * 2.0, 0.0)) + complex(x[1]).real * x[0]


@way
def as_bool_counted(x):
    return (x[0] > 0.1) * x[0] + bool(x[1] > 0.5) * x[1] ** 2


@way
def rounded(x):
    return round(x[0] * x[1], 2) + x[0]


@way
def rounded_whole(x):
    return round(x[2] * 3.0) * x[0]


@way
def item_of_array(x):
    return (x * x).sum().item() * 2.0


@way
def item_at(x):
    return (x * x).item(2) + x.item((1,)) * 3.0


@way
def listed(x):
    return sum(v * v for v in x.tolist())


@way
def listed_nested(x):
    rows = (x * x).reshape(2, 2).tolist()
    return rows[0][1] * rows[1][0]


@way
def math_functions(x):
    return math.sin(x[0]) * math.exp(x[1]) + math.pow(x[2], 1.5) + math.hypot(x[0], x[1]) + math.atan2(x[0], x[3])


@way
def math_sums(x):
    return math.fsum([x[0], x[1] * x[2]]) + math.prod([x[0], x[1], x[2]]) + math.fsum(v * v for v in x)


@way
def math_of_many(x):
    return math.dist([x[0], x[1]], [x[2], x[3]])


@way
def math_sumprod(x):
    return math.fsum(map(operator.mul, x, x[::-1]))


@way
def math_parts(x):
    fraction, whole = math.modf(x[2] * 2.0)
    mantissa, exponent = math.frexp(x[1])
    return fraction * x[0] + whole + mantissa * 2.0**exponent


@way
def math_remainders(x):
    return math.fmod(x[2], 0.5) + math.remainder(x[2], 0.6) + math.copysign(x[0], -1.0) + math.ldexp(x[1], 2)


@way
def math_special(x):
    return math.gamma(x[2]) + math.erf(x[0]) + math.lgamma(x[2]) + math.erfc(x[1])


@way
def math_rare(x):
    return math.expm1(x[0]) + math.log1p(x[1]) + math.log2(x[2]) + math.cbrt(x[3]) + math.log(x[2], 3.0)


@way
def math_ulp(x):
    return math.nextafter(x[0], 2.0) + x[1]


@way
def complex_math(x):
    return cmath.exp(x[0] * 1j).real + abs(cmath.sqrt(x[1]))


@way
def builtin_sums(x):
    return sum(x) + sum([v * v for v in x], x[0]) + sum((x[0], x[1]))


@way
def builtin_extremes(x):
    return max(x) * min(x) + max(x[0], x[1] * x[2]) + min([x[2], x[3]], key=lambda v: -v) + max(x, default=0.0)


@way
def sorted_values(x):
    low, *_, high = sorted(x * x, reverse=True)
    return low * 2.0 + high


@way
def sorted_by_key(x):
    return sorted([(v * v, k) for k, v in enumerate(x)])[1][0]


@way
def sorted_in_place(x):
    values = [v * v for v in x]
    values.sort(key=lambda v: -v)
    return values[0] * 3.0 + values[1]


@way
def powers(x):
    return pow(x[0], 3) + pow(2.0, x[1]) + x[2] ** x[0] + divmod(x[2], 0.4)[1]


@way
def statistics_mean(x):
    return statistics.mean(list(x * x)) * 2.0


@way
def statistics_fmean(x):
    return statistics.fmean(x * x) * 2.0


@way
def statistics_spread(x):
    return statistics.stdev(list(x)) + statistics.median(list(x * x))


@way
def statistics_geometric(x):
    return statistics.geometric_mean(list(x))


@way
def decimal_number(x):
    return float(decimal.Decimal(x[0] * 2.0) * 2) + x[1]


@way
def fraction_number(x):
    return float(fractions.Fraction(x[0] * 2.0) * 2) + x[1]


@way
def integer_ratio(x):
    n, d = (x[0] * x[1]).as_integer_ratio()
    return n / d


@way
def hexadecimal(x):
    return float.fromhex((x[0] * x[1]).hex()) + x[0]


@way
def text_of_a_float(x):
    return float(str(x[0] * x[1])) + x[0]


@way
def repr_of_a_float(x):
    return float(repr(float(x[0] * x[1]))) + x[0]


@way
def formatted(x):
    return float(f"{x[0] * x[1]:.17g}") + x[0]


@way
def formatted_plainly(x):
    return float(f"{x[0] * x[1]}") + x[0]


@way
def formatted_by_percent(x):
    return float("%.17g" % (x[0] * x[1])) + x[0]


@way
def formatted_by_method(x):
    return float("{:.17g}".format(x[0] * x[1])) + x[0]


@way
def formatted_by_function(x):
    return float(format(x[0] * x[1], ".17g")) + x[0]


@way
def joined_text(x):
    return sum(float(v) for v in ",".join(map(str, x * x)).split(","))


@way
def text_of_an_array(x):
    return sum(float(v) for v in str(x * x).strip("[]").split())


@way
def text_by_numpy(x):
    return float(np.format_float_positional(x[0] * x[1])) + x[0]


@way
def array_to_string(x):
    return float(np.array2string(x[0] * x[1])) + x[0]


@way
def text_evaluated(x):
    return ast.literal_eval(repr(float(x[0]))) * 2.0 + x[1]


@way
def text_searched(x):
    found = re.search(r"[\d.]+", f"value {x[0] * x[1]}")
    return float(found.group()) + x[0]


@way
def text_as_bytes(x):
    return float(str(x[0] * x[1]).encode().decode()) + x[0]


@way
def text_characters(x):
    return float("".join(list(str(x[0] * x[1])))) + x[0]


@way
def json_text(x):
    return json.loads(json.dumps({"a": x[0] * x[1]}))["a"] + x[0]


@way
def json_list(x):
    return sum(json.loads(json.dumps(list(x * x))))


@way
def struct_bytes(x):
    return struct.unpack("d", struct.pack("d", x[0] * x[1]))[0] + x[0]


@way
def hashed(x):
    table = {x[0] * 1.0: 2.0}
    return table[x[0] * 1.0] * x[1] + next(iter(table)) ** 2


@way
def dict_keys(x):
    table = {v * v: k for k, v in enumerate(x)}
    return sum(table)


@way
def set_of_values(x):
    return sum({v * v for v in x}) + sum(frozenset([x[0] * x[1], x[2]]))


@way
def operators(x):
    return operator.mul(x[0], x[1]) + operator.pow(x[2], 2.0) + operator.itemgetter(1)(x) ** 2 + operator.add(x, x)[0]


@way
def operator_in_place(x):
    y = x * 1.0
    operator.imul(y, x)
    operator.setitem(y, 0, x[1] * x[2])
    return operator.iadd(y, x).sum()


@way
def operator_index(x):
    return operator.index(int(x[2])) * x[0]


@way
def operator_method(x):
    return operator.methodcaller("sum")(x * x) + operator.attrgetter("T")(x)[1] ** 2


@way
def reduced(x):
    return reduce(operator.mul, x) + reduce(lambda a, b: a * b + b, [x[0], x[1], x[2]])


@way
def accumulated(x):
    return sum(itertools.accumulate(x, operator.mul))


@way
def starmapped(x):
    return sum(itertools.starmap(pow, [(x[0], 2.0), (x[1], x[2])]))


@way
def combined(x):
    return sum(a * b for a, b in itertools.combinations(x, 2))


@way
def heap(x):
    values = [v * v for v in x]
    heapq.heapify(values)
    return heapq.heappop(values) + heapq.heappop(values) * 2.0


@way
def largest(x):
    return sum(heapq.nlargest(2, list(x * x)))


@lru_cache
def remembered(v):
    return v * v


@way
def cached(x):
    return remembered(x[0]) + remembered(x[1]) * x[2]


@singledispatch
def dispatched(v):
    return v * 2.0


@dispatched.register
def _(v: float):
    return v * v


@way
def dispatched_by_type(x):
    return dispatched(float(x[0])) + dispatched(x[1])


@way
def type_called(x):
    return type(x[0])(x[0] * x[1]) + type(1.0)(x[2])


@way
def numpy_scalar(x):
    return np.float64(x[0] * x[1]) + np.float32(x[2]) + np.double(x[1])


@way
def random_choice(x):
    random.seed(3)
    return random.choice([x[0] * x[1], x[0] * x[1]]) + random.uniform(0.0, x[2])


@way
def random_normal(x):
    random.seed(3)
    return random.gauss(x[0], 1.0) + random.normalvariate(x[1], 1.0)


@way
def random_sample(x):
    random.seed(3)
    values = list(x * x)
    random.shuffle(values)
    return values[0] * 3.0 + random.sample(values, 2)[0]


@way
def numpy_normal(x):
    return np.random.default_rng(3).normal(x[0], 1.0) * x[1]


@way
def numpy_uniform(x):
    return np.random.default_rng(3).uniform(0.0, x[0], size=3).sum()


@way
def numpy_choice(x):
    return np.random.default_rng(3).choice(x * x)


@way
def compared_as_a_number(x):
    return float(x[0] < x[1]) * x[0] + int(x[0] == x[0]) * x[1]


@way
def branch_by_text(x):
    return x[0] if str(x[0]).startswith("0") else x[1] * x[2]


@way
def printed(x):
    print("the value is", x[0] * x[1], f"{x[0]:.3f}", file=io.StringIO())
    return x[0] * x[1]
