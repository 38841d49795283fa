"""Targets and containers of every form: several at once, parts of parts, slices of lists, lists of objects."""

from __future__ import annotations

import changing
from writing import Block, Writer

LINES = (
    ["{v}[0], {w}[1] = {w}[2], {v}[3]"],
    ["{v}[0], {v}[1:3] = {s}, {h}"],
    ["{n} = {v}[{k}] = {s}"],
    ["{v}[{k}] = {n} = {s} * 0.5"],
    ["{v}[1:3] = {n} = {h}"],
    ["for {v}[0] in {w}:", "    {r} = {r} * 0.5 + {v}[0] * {s}"],
    ["for {n}, {v}[1] in zip({w}, {v}):", "    {r} = {r} + {n}"],
    ["[{n}, {v}[2]] = {h}"],
    ["{n}, *{v}[1:4] = {w}", "{r} = {n}"],
    ["{l}[1:2] = [{s}, {s}]"],
    ["{l}[:] = [{s}, *{l}]"],
    ["{l}[::2] = [{s} for _ in {l}[::2]]"],
    ["{l} *= 2"],
    ["{l} += ({s}, 0.4)"],
    ["{l}.extend({v})"],
    ["{l}.extend({n} * {s} for {n} in {v})"],
    ["del {l}[1:]"],
    ["del {l}[0]", "{l}.append({s})"],
    ["{n} = {l}", "{n}.append({s})", "{r} = {l}[-1]"],
    ["{n} = {l} * 2", "{n}[0] = {s}", "{r} = {n}[-1] + {n}[0]"],
    ["{n} = [{v}] * 2", "{n}[0][1] = {s}", "{r} = np.sum({n}[1])"],
    ["{n} = [{v}, {w}]", "{n}[0], {n}[1] = {n}[1], {n}[0]", "{n}[0][{k}] = {s}", "{r} = np.sum({w}) + np.sum({v})"],
    ["{n} = [[{s}, {s}], [0.1]]", "{n}[1].append({s})", "{r} = sum(sum({q}) for {q} in {n})"],
    ["{n} = [[{q} * {o} for {q} in {v}] for {o} in {w}[:2]]", "{n}[0][1] = {s}", "{r} = np.sum(np.array({n}))"],
    ["{n} = list(zip({v}, {w}))", "{v}[0] = {s}", "{r} = {n}[0][0] * {n}[1][1]"],
    ["{n}, {q} = zip(*[({s}, 0.5), ({s}, {s})])", "{r} = {n}[0] * {q}[1] + {n}[1]"],
    ["{n} = {{'a': {v}, 'b': {{'c': {w}}}}}", "{n}['b']['c'][{k}] += {s}", "{r} = np.sum({w}) * np.sum({n}['a'])"],
    ["{n} = {{{q}: {s} * {q} for {q} in range(3)}}", "{n}[1] *= {s}", "{r} = sum({n}.values())"],
    ["{n} = {{'a': {s}}}", "{n}['a'], {n}['b'] = {s}, {n}['a']", "{r} = {n}['b'] - {n}['a']"],
    ["{n} = {{'a': [{v}]}}", "{q} = {n}['a']", "{q}.append({w})", "{n}['a'][1][0] = {s}", "{r} = np.sum({w})"],
    [
        "{n} = [Slot({v}, {s}), Slot({w}, {s})]",
        "for {q} in {n}:",
        "    {q}.a[0] = {q}.b",
        "{r} = np.sum({v}) * {n}[1].b",
    ],
    [
        "{n} = Slot({v}, Slot({w}, {s}))",
        "{n}.b.a[{k}] *= {s}",
        "{n}.b.b, {n}.a = {s}, {w}",
        "{r} = np.sum({n}.a) * {n}.b.b",
    ],
    [
        "{n} = Slot([{v}, {w}], {{}})",
        "{n}.b['k'] = {n}.a.pop()",
        "{n}.b['k'][{k}] = {s}",
        "{r} = np.sum({w} * {n}.a[0])",
    ],
    ["{n} = Slot({v}, 0.0)", "{q} = {n}", "{q}.b += {s}", "{q}.a = {q}.a * {s}", "{r} = np.sum({n}.a) + {n}.b"],
    ["{n} = Slot({v}, {s})", "{q} = copy.copy({n})", "{q}.a[{k}] = {s}", "{q}.b *= {s}", "{r} = np.sum({n}.a) + {n}.b"],
    ["{n} = Slot({v}, {s})", "{q} = copy.deepcopy({n})", "{q}.a[{k}] = {s}", "{r} = np.sum({n}.a) + np.sum({q}.a)"],
    ["{n} = [{q} for {q} in {m}]", "{n}[0][{k}] = {s}", "{r} = np.sum({m})"],
    ["{n} = list({m})", "{n}[1] *= {s}", "{r} = np.sum({m} * {v})"],
    ["{n}, {q}, _ = {m}", "{n} += {q}", "{q}[0] = {s}", "{r} = np.sum({m} * {v})"],
    ["{n} = {m}[1]", "{q} = {n}[1:3]", "{q} *= {s}", "{n}[0] = {q}[1]", "{r} = np.sum({m} * {w})"],
    ["{n} = {m}.T", "{n}[1] = {s}", "{q} = {n}[2:].ravel()", "{q}[0] = {s}", "{r} = np.sum({m} * {v})"],
    ["({n} := {v})[{k}] = {s}", "{r} = np.sum({n} * {w})"],
    ["{n} = {v} if {t} else {w}", "{n}[{k}] = {s}", "{r} = np.sum({v} * {w})"],
    ["{n} = ({v}, {w})[{s} > 0.2]", "{n} *= {s}", "{r} = np.sum({v}) - np.sum({w})"],
    ["({v} if {t} else {w})[{k}] = {s}"],
    ["[{v}, {w}][{s} > 0.1][{k}] = {s}"],
    ["np.add.at({v}, [0, 1, 0], {s})"],
    ["np.multiply({v}, {w}, out={v})"],
    ["np.add({v}, {w}, out={v}, where={w} > 0.1)"],
    ["{v}[{w} > 0.1] = {s}"],
    ["{v}[{w} > 0.1] *= {s}"],
    ["{n} = {w} > 0.0", "{v}[{n}] = {w}[{n}]", "{n}[0] = True", "{v}[{n}] *= {s}"],
    ["{n} = np.argsort({v})", "{v}[{n}] = {w}", "{r} = {v}[{n}[0]]"],
    ["{n} = int(np.argmax({v}))", "{v}[{n}] = {s}", "{r} = {v}[{n} - 1]"],
    ["{v}[...], {n} = {w}, {v}[1]", "{r} = {n}"],
    ["{v}[:], {w}[:] = {w}, {v}"],
    ["{v}[:], {w}[:] = {w}.copy(), {v}.copy()"],
    ["{n} = np.zeros((2, 4))", "{n}[0], {n}[1] = {v}, {w}", "{n}[0] += {n}[1]", "{r} = np.sum({n} ** 2)"],
    ["{n} = np.empty(4)", "for {q} in range(4):", "    {n}[{q}] = {v}[{q}] * {s}", "{r} = np.sum({n} * {w})"],
)

HEAD = """
class Slot:
    __slots__ = ("a", "b")

    def __init__(self, a, b):
        self.a, self.b = a, b"""


def placed(w: Writer) -> Block:
    """A few statements with targets, or containers, of a form chosen among many."""
    form = w.pick(LINES)
    if len(form) > 1 and w.depth > 1:
        return changing.assign(w)
    known, lines = {"d": f"{w.depth}"}, []
    for letter, shape in (("v", "v"), ("w", "v"), ("m", "m"), ("l", "L")):
        if not any(f"{{{letter}}}" in line for line in form):
            continue
        named = w.named(shape)
        known[letter] = w.pick(named) if named and w.chance.random() < 0.8 else w.fresh()
        if known[letter] not in w.names:
            made = f"[{w.leaf('s')}, 0.6, {w.leaf('s')}]" if shape == "L" else w.expression(shape, 1)
            lines.append(f"{known[letter]} = {made}")
            w.names[known[letter]] = shape
    result = w.fresh()
    if any("{r}" in line for line in form):
        lines.append(f"{result} = {w.leaf('s')}")
        w.names[result] = "s"
    known |= {"r": result, "n": w.fresh(), "q": f"y{w.depth}", "o": f"c{w.depth}"}
    middle = w.chance.randrange(1, len(form)) if len(form) > 1 and form[-1].startswith("{") else 0
    for k, line in enumerate(form):
        if k == middle and k and not line.startswith(" ") and w.chance.random() < 0.3:
            lines += w.block(1)
        lines.append(_filled(w, line, known))
    return lines


def _filled(w: Writer, form: str, known: dict[str, str]) -> str:
    text = form
    while "{s}" in text:
        text = text.replace("{s}", w.leaf("s").replace("{", "{{").replace("}", "}}"), 1)
    return text.format(**known, h=w.leaf("h"), k=w.index(), t=w.condition())
