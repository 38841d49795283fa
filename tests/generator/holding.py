"""One array under several names: held in lists, dicts and objects, changed by one name and read by another."""

from __future__ import annotations

import changing
from writing import Block, Writer

# How a vector `{v}` is held, and where it is found then: `{n}` is the holder, `{s}` a number, `{o}` another vector.
HOLDERS = (
    ("[{v}, {s}]", "{n}[0]", "list"),
    ("[{v}, {v}]", "{n}[1]", "list"),
    ("[{s}, {o}, {v}]", "{n}[-1]", "list"),
    ("[[{v}], {s}]", "{n}[0][0]", "list"),
    ("({o}, {v})", "{n}[1]", ""),
    ("{{'k': {v}, 'n': {s}}}", "{n}['k']", "dict"),
    ("{{'k': [{v}, {o}]}}", "{n}['k'][0]", "dict"),
    ("Pair({v}, {s})", "{n}.a", "object"),
    ("Couple({v}, {s})", "{n}.a", ""),
    ("Point([{v}], {o})", "{n}.a[0]", "object"),
    ("{v}", "{n}", ""),
    ("{v}[:]", "{n}", ""),
    ("{v}[::-1]", "{n}", ""),
    ("{v}.reshape(2, 2)", "{n}.ravel()", ""),
    ("np.asarray({v})", "{n}", ""),
    ("{v} if {c} else {o}", "{n}", ""),
    ("[e for e in ({v}, {o})]", "{n}[0]", "list"),
    ("list(({o}, {v}))", "{n}[1]", "list"),
)
GROWN = {
    "list": ("{n}.append({s})", "{n}[1] = {s}", "{n}.append({n}[0])", "{n}.insert(1, {o})", "{n} = [*{n}, {o}]"),
    "dict": ("{n}['z'] = {s}", "{n}['n'] = {o}", "{n} = {{**{n}, 'z': {v}}}", "{n}.update(n={s})"),
    "object": ("{n}.b = {s}", "{n}.z = {o}", "{n}.b = {v}"),
    "": ("{v} = {v} * 1.1", "{v} = {o}", "{n} = {n}"),
}


def held(w: Writer) -> Block:
    """A vector gets a second name, something happens, one name is changed and the other read."""
    vector = w.pick(w.named("v")) if w.named("v") and w.chance.random() < 0.8 else w.fresh()
    start = [] if vector in w.names else [f"{vector} = {w.expression('v', 1)}"]
    w.names[vector] = "v"
    name = w.fresh()
    holder, place, kind = w.pick(HOLDERS)
    known = {"v": vector, "n": name}
    lines = [*start, f"{name} = {_filled(w, holder, known)}"]
    if w.chance.random() < 0.3:
        other = w.fresh()
        lines.append(f"{other} = {w.pick(('{n}', '[{n}]')).format(n=name)}")
        known["n"] = other if lines[-1].endswith(f"= {name}") else f"{other}[0]"
    place = place.format(n=known["n"])
    for _ in range(w.chance.randrange(3)):
        lines += _between(w, kind, place, known)
    changed, read = w.chance.sample([vector, place], 2)
    lines += _changed(w, changed)
    return [*lines, w.set("s", f"np.sum({read} * {w.leaf('v')})" if w.chance.random() < 0.7 else f"{read}[1] + 0.1")]


def _filled(w: Writer, form: str, known: dict[str, str]) -> str:
    return form.format(**known, s=w.expression("s", 1), o=w.leaf("v"), c=w.condition())


def _changed(w: Writer, place: str) -> Block:
    return [
        w.pick(
            (
                lambda: f"{place}[{w.index()}] {changing.sign(w)} {w.expression('s', 1)}",
                lambda: f"{place}{w.pick(changing.STORES)} {changing.sign(w)} {w.expression('h', 1)}",
                lambda: f"{place}[...] = {w.expression('v', 1)}",
                lambda: f"np.multiply({place}, {w.leaf('v')}, out={place})",
                lambda: f"{place}.sort()",
            )
        )()
    ]


def _between(w: Writer, kind: str, place: str, known: dict[str, str]) -> Block:
    """What happens between: a region, a branch, a loop over what is computed as it goes, a function that changes."""
    vector = known["v"]
    grown = _filled(w, w.pick(GROWN[kind]), known)
    item, other = f"y{w.depth}", w.leaf("v")
    made = w.fresh()
    forms = (
        ["try:", f"    {grown}", "except ZeroDivisionError:", "    pass"],
        ["try:", "    pass", "except ZeroDivisionError:", f"    {grown}"],
        ["try:", *_under(_changed(w, place)), "finally:", *_under(_changed(w, vector))],
        ["try:", f"    {made} = {place}", "except ZeroDivisionError:", f"    {made} = {other}", *_changed(w, made)],
        [f"if {w.condition()}:", f"    {grown}"],
        [f"if {w.condition()}:", *_under(_changed(w, place))],
        [f"for {item} in ({item} * {w.leaf('s')} for {item} in {place}):", f"    {vector}[0] += 0.1 * {item}"],
        [f"for {item} in map(lambda a: a * {vector}[1], {other}):", f"    {place}[0] = {item}"],
        [f"for {item} in {place}:", f"    {vector}[-1] = {item}"],
        [f"for {item} in range(2):", f"    {place}[{item}] = {vector}[{item} + 1]"],
        [f"{made} = [{item} * {place}[0] for {item} in {vector}]", f"{vector}[1] = {made}[-1]"],
        [f"{made} = {place}[1:3]", f"{made} *= {w.leaf('s')}"],
        [f"{made} = (lambda a: a[0] * {place}[1])({vector})", f"{place}[0] = {made}"],
        [grown],
        _changed(w, place),
    )
    return list(w.pick(forms))


def _under(lines: Block) -> Block:
    return ["    " + line for line in lines]
