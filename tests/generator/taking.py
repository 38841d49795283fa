"""Iterators with names: begun, what they read changed, and taken on from where they stand."""

from __future__ import annotations

import changing
from writing import Block, Writer

# What an iterator goes over, and the shape of what it gives ("p" is a pair of a count or number and a number).
SOURCES = (
    ("iter({v})", "s"),
    ("iter({l})", "s"),
    ("iter([{v}, {o}, {v}])", "v"),
    ("iter({m})", "v"),
    ("iter({{'k': {s}, 'n': {s}, 'z': 0.4}}.values())", "s"),
    ("zip({v}, {o})", "p"),
    ("zip({v}, {l})", "p"),
    ("enumerate({v})", "p"),
    ("enumerate({l}, 1)", "p"),
    ("reversed({l})", "s"),
    ("map(lambda a: a * {s}, {v})", "s"),
    ("map(lambda a: a * {v}[1], {o})", "s"),
    ("map(lambda a, b: a * b, {v}, {o})", "s"),
    ("filter(lambda a: a < 5.0, {v})", "s"),
    ("(a * {s} for a in {v})", "s"),
    ("(a * {v}[0] for a in {l})", "s"),
    ("(a * b for a, b in zip({v}, {o}) if a < 4.0)", "s"),
    ("(a * {s} for a in [{v}, {o}, {v}])", "v"),
    ("itertools.chain({v}, {l})", "s"),
    ("itertools.islice({v}, 3)", "s"),
    ("itertools.accumulate({v})", "s"),
    ("itertools.pairwise({v})", "p"),
)
USED = {
    "s": ("{r} = next({i})", "{r} = next({i}, {s})", "{r} = sum({i})", "{r} = max({i}, default=0.3)"),
    "v": ("{r} = np.sum(next({i}))", "{r} = np.sum(next({i}) * {o})", "{r} = np.sum(list({i})[-1])"),
    "p": ("{r} = next({i})[1]", "{r} = sum(a * b for a, b in {i})", "{r} = list({i})[-1][1]", "_, {r} = next({i})"),
}
ALL = {
    "s": (
        ["{r} = [e * {s} for e in {i}][-1]"],
        ["{r}, *_ = {i}"],
        ["for {e} in {i}:", "    {r} = {r} * 0.5 + {e}"],
        ["for {e} in {i}:", "    {r} = {r} + {e}", "    break"],
        ["for {e} in {i}:", "    {v}[1] = {e}", "    {r} = {r} * 0.3 + {e}"],
        ["for {e} in {i}:", "    if {e} > 0.2:", "        {r} = {e}", "        break"],
        ["try:", "    {r} = next({i}) * next({i})", "except StopIteration:", "    {r} = {s}"],
        ["for {e}, {c} in zip({i}, {i}):", "    {r} = {r} + {e} * {c}"],
        ["{r} = {r} * functools.reduce(lambda a, b: a * 0.5 + b, {i}, 0.1)"],
        ["while ({e} := next({i}, None)) is not None:", "    {r} = {r} * 0.7 + {e}"],
    ),
    "v": (
        ["for {e} in {i}:", "    {r} = {r} + np.sum({e} * {o})"],
        ["for {e} in {i}:", "    {e}[0] = {r}", "    {r} = {r} * 0.2 + {e}[1]"],
        ["for {e} in {i}:", "    {e} *= {s}", "    break"],
        ["{r} = np.sum(sum({i}))"],
    ),
    "p": (
        ["for {c}, {e} in {i}:", "    {r} = {r} * 0.5 + {c} * {e}"],
        ["for {c}, {e} in {i}:", "    {r} = {r} + {e}", "    break"],
        ["for {c}, {e} in {i}:", "    {v}[-1] = {e} + {c}", "    {r} = {e}"],
        ["{r} = dict({i}).get(1, {s})"],
    ),
}


def taken(w: Writer) -> Block:
    """An iterator gets a name, what it goes over is changed, and it is taken in one or two goes."""
    if w.depth > 1:
        return changing.assign(w)
    vector = w.pick(w.named("v")) if w.named("v") and w.chance.random() < 0.7 else w.fresh()
    lines = [] if vector in w.names else [f"{vector} = {w.expression('v', 1)}"]
    w.names[vector] = "v"
    listed = w.pick(w.named("L")) if w.named("L") and w.chance.random() < 0.5 else w.fresh()
    lines += [] if listed in w.names else [f"{listed} = [{w.leaf('s')}, 0.6, {w.expression('s', 1)}]"]
    w.names[listed] = "L"
    result, made = w.fresh(), w.fresh()
    known = {"v": vector, "l": listed, "r": result, "i": made, "e": f"y{w.depth}", "c": f"c{w.depth}"}
    source, shape = w.pick(SOURCES)
    lines += [f"{result} = {w.expression('s', 1)}", f"{made} = {_filled(w, source, known)}"]
    w.names[result] = "s"
    if w.chance.random() < 0.2:
        other = w.fresh()
        lines.append(f"{other} = {made}")
        known["i"] = w.pick((made, other))
    lines += _between(w, known)
    if w.chance.random() < 0.5:
        lines += [_filled(w, w.pick(USED[shape]), known), *_between(w, known)]
        known["r"] = w.fresh()
        lines.append(f"{known['r']} = {result} * 0.5")
        w.names[known["r"]] = "s"
    used = [[form] for form in USED[shape]] if w.chance.random() < 0.3 else ALL[shape]
    taking = [_filled(w, line, known) for line in w.pick(used)]
    if w.chance.random() < 0.15:
        taking = ["try:", *_under(taking), "except ZeroDivisionError:", "    pass"]
    return [*lines, *taking]


def _filled(w: Writer, form: str, known: dict[str, str]) -> str:
    matrix = w.leaf("m")
    return form.format(**known, s=w.leaf("s"), o=w.leaf("v"), m=matrix)


def _between(w: Writer, known: dict[str, str]) -> Block:
    """What happens to what the iterator reads, before it is taken."""
    forms = (
        [],
        [],
        ["{v}[{k}] = {s}"],
        ["{v} *= {s}"],
        ["{v} = {v} * 0.5"],
        ["{l}.append({s})"],
        ["{l}[0] = {s}"],
        ["{l} = [{s}, 0.2]"],
        ["if {t}:", "    {v}[1:3] = {s}"],
        ["try:", "    {v}[0] = {s}", "except ZeroDivisionError:", "    pass"],
    )
    fill = {**known, "k": w.index(), "s": w.leaf("s"), "t": w.condition()}
    return [line.format(**fill) for line in w.pick(forms)]


def _under(lines: Block) -> Block:
    return ["    " + line for line in lines]
