"""The two sweeps as text: the forward program with what it saves, the steps with what they put back.

Requires: steps, and the record of what they need saved.
Ensures: a forward block and a reverse block in plain Python, the user's statement as a comment over each group.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import gast

from runtime.kernels import contents, put_back, put_whole, saved, saved_item
from sourcead.analysis.activity import put_back_at
from sourcead.analysis.record import Record, Save
from sourcead.analysis.steps import Step
from sourcead.analysis.webs import is_whole
from sourcead.errors import Origin
from sourcead.frontend.comment import Comment
from sourcead.frontend.expressions import index_value
from sourcead.frontend.names import Namespace
from sourcead.frontend.syntax import (
    assign,
    attribute,
    augment,
    call,
    clone,
    const,
    is_reversed,
    load,
    pack,
    range_of,
    store,
    subscript,
)
from sourcead.frontend.with_blocks import is_marker
from sourcead.transform.regions import definitions


class Sweeps:
    """Writes the sweeps of one function."""

    def __init__(
        self,
        record: Record,
        guards: dict[int, list[gast.AST]],
        fresh: Callable[[str], str],
        kernel: Callable[[Callable[..., object]], gast.Name],
        plain: Callable[[gast.AST, bool], bool],
        namespace: Namespace,
    ) -> None:
        self.record = record
        self.guards = guards
        self.fresh = fresh
        self.kernel = kernel
        self.plain = plain
        self.namespace = namespace
        self.tapes: dict[str, str] = {}
        self.kept: dict[tuple[int, str], str] = {}
        # What puts back what was saved for a variable before a statement, or at the end of a loop's round.
        self.restored: dict[tuple[int, str], gast.AST] = {}
        self.origin: Origin | None = None
        self.counted: dict[int, str] = {}

    # Forward

    def forward(self, body: list[gast.AST], steps: dict[int, Step]) -> list[gast.AST]:
        """The forward sweep."""
        out: list[gast.AST] = []
        for node in body:
            out += [clone(guard) for guard in self.guards.get(id(node), [])]
            out += self._before(node)
            if isinstance(node, gast.If):
                made = gast.If(
                    test=clone(node.test),
                    body=self.forward(node.body, steps) or [gast.Pass()],
                    orelse=self.forward(node.orelse, steps),
                )
                out.append(_with_origin(made, node))
            elif isinstance(node, (gast.For, gast.While)) and not is_whole(node):
                out += self._forward_loop(node, steps)
            else:
                step = steps.get(id(node))
                other = step.forward if step is not None else None
                out += definitions(node, self.namespace, other is not None)
                replaced = other if other is not None else [clone(node)]
                out += [_with_core(_with_origin(s, node), node) for s in replaced]
        return out

    def _before(self, node: gast.AST) -> list[gast.AST]:
        """What is saved before a statement overwrites it."""
        return [_with_origin(self._push(node, save), node) for save in self.record.saves.get(id(node), [])]

    def _push(self, node: gast.AST, save: Save) -> gast.AST:
        value: gast.AST = load(save.variable)
        if save.place is not None:
            value = clone(save.place)
            value.ctx = gast.Load()
        if save.place is not None and not self._is_plain(node, save):
            value = call(self.kernel(saved_item), clone(save.place.value), _index(save.place))
        elif save.shared and not save.paired:
            value = call(self.kernel(contents), value)
        elif save.copied:
            value = self._contents(value, save.paired)
        if save.looped:
            return gast.Expr(value=call(attribute(load(self.tape(save.variable)), "append"), value))
        kept = self.fresh(f"{save.variable}_saved")
        self.kept[id(node), save.variable] = kept
        return assign(kept, value)

    def _contents(self, value: gast.AST, paired: bool) -> gast.AST:
        """What a variable holds now, safe from later changes; `paired` with the object that holds it."""
        return pack([clone(value), call(self.kernel(contents), value)]) if paired else call(self.kernel(saved), value)

    def _back(self, popped: gast.AST, paired: bool) -> gast.AST:
        """What `_contents` saved: the object with its old contents in it."""
        return call(self.kernel(put_whole), gast.Starred(value=popped, ctx=gast.Load())) if paired else popped

    def _forward_loop(self, node: gast.AST, steps: dict[int, Step]) -> list[gast.AST]:
        body = self.forward(_core_of(node), steps)
        closing = self.record.closing.get(id(node), [])
        for held in closing:
            name = held.variable
            value = self._contents(load(name), held.paired) if held.copied else load(name)
            body.append(gast.Expr(value=call(attribute(load(self.tape(name)), "append"), value)))
        out: list[gast.AST] = []
        counter = self.record.counters.get(id(node))
        if counter is not None:
            out.append(assign(counter, const(0)))
            body.insert(0, augment(store(counter), gast.Add(), const(1)))
        body += [clone(s) for s in node.body[len(_core_of(node)) :]]
        if isinstance(node, gast.For):
            made: gast.AST = gast.For(
                target=clone(node.target),
                iter=clone(node.iter),
                body=body or [gast.Pass()],
                orelse=[],
                type_comment=None,
            )
        else:
            made = gast.While(test=clone(node.test), body=body or [gast.Pass()], orelse=[])
        return [*out, _with_origin(made, node)]

    def tape(self, variable: str) -> str:
        """The list that keeps the values of a variable."""
        if variable not in self.tapes:
            plural = f"{variable}s" if variable.endswith("_tape") else f"{variable}_tape"
            self.tapes[variable] = self.fresh(plural)
        return self.tapes[variable]

    # Reverse

    def reverse(self, steps: list[Step], done: frozenset[str] = frozenset()) -> list[gast.AST]:
        """The reverse sweep of a block."""
        out: list[gast.AST] = []
        for step in steps:
            made, done = self._step(step, done)
            origin = getattr(step.core, "origin", None)
            if made and origin is not None and origin != self.origin and not _is_block(step):
                out.append(Comment(origin.text, origin))
                self.origin = origin
            out += made
        return out

    def _step(self, step: Step, done: frozenset[str]) -> tuple[list[gast.AST], frozenset[str]]:
        node = step.core
        if isinstance(node, gast.If):
            return self._reverse_branch(step, node, done)
        if isinstance(node, (gast.For, gast.While)) and not is_whole(node):
            return self._reverse_loop(step, node, done)
        out, done = self._again(id(step.early), done)
        out += [clone(s) for s in step.early]
        if node is not None:
            out += self._restore(node)
        again, done = self._again(id(step.late), done)
        return out + again + [clone(s) for s in step.late], done

    def _again(self, key: int, done: frozenset[str]) -> tuple[list[gast.AST], frozenset[str]]:
        entries = [r for r in self.record.remade.get(key, []) if r.variable not in done]
        made = {r.variable for r in entries}
        return [assign(r.variable, clone(r.value)) for r in entries], done | made

    def _restore(self, node: gast.AST) -> list[gast.AST]:
        out: list[gast.AST] = []
        if id(node) in self.record.undone:
            out.append(_undo(node))
        for save in reversed(self.record.saves.get(id(node), [])):
            target: gast.AST = store(save.variable)
            if save.place is not None:
                target = clone(save.place)
                target.ctx = gast.Store()
            if save.looped:
                value: gast.AST = call(attribute(load(self.tape(save.variable)), "pop"))
            else:
                value = load(self.kept[id(node), save.variable])
            value = self._back(value, save.paired)
            # A pair has the object itself, which need not be the one that the variable is now.
            if save.shared and not save.paired:
                held = load(save.variable) if save.place is None else clone(save.place)
                if save.place is not None:
                    held.ctx = gast.Load()
                value = call(self.kernel(put_whole), held, value)
            if save.place is not None and not self._is_plain(node, save):
                back = [clone(save.place.value), _index(save.place), value]
                out.append(gast.Expr(value=call(self.kernel(put_back), *back)))
            else:
                out.append(gast.Assign(targets=[target], value=value, type_comment=None))
            self.restored[id(node), save.variable] = out[-1]
        return out

    def _is_plain(self, node: gast.AST, save: Save) -> bool:
        """Whether a place is sure to be there before a statement writes it, and so is saved and put back as it is."""
        if isinstance(node, gast.AugAssign):
            return True
        back = put_back_at(node)
        if back is not None and isinstance(back.args[1], gast.Constant) and back.args[1].value is Ellipsis:
            # It may be an array that NumPy gives for reading only.
            return False
        return isinstance(save.place, gast.Subscript) and self.plain(save.place, save.copied)

    def _reverse_branch(self, step: Step, node: gast.If, done: frozenset[str]) -> tuple[list[gast.AST], frozenset[str]]:
        again, done = self._again(id(step), done)
        origin = self.origin
        body = self.reverse(step.body, done)
        self.origin = origin
        orelse = self.reverse(step.orelse, done)
        if not body and not orelse:
            return [], done
        test = clone(node.test)
        if not body:
            body, orelse, test = orelse, [], gast.UnaryOp(op=gast.Not(), operand=test)
        self.origin = None
        return [*again, _with_origin(gast.If(test=test, body=body, orelse=orelse), node)], done

    def _reverse_loop(self, step: Step, node: gast.AST, done: frozenset[str]) -> tuple[list[gast.AST], frozenset[str]]:
        closing = self.record.closing.get(id(node), [])
        popped = [(c, call(attribute(load(self.tape(c.variable)), "pop"))) for c in reversed(closing)]
        pops = [assign(c.variable, self._back(value, c.paired)) for c, value in popped]
        self.restored |= {(id(node), c.variable): pop for (c, _), pop in zip(popped, pops)}
        body = [*pops, *self.reverse(step.body, frozenset(c.variable for c in closing if c.steady))]
        if not body:
            return [clone(s) for s in step.before], done
        self.origin = None
        again, done = self._again(id(step), done)
        out = [*again, *[clone(s) for s in step.before]]
        counter = self.record.counters.get(id(node))
        if isinstance(node, gast.For):
            steps = _back_through(node.iter, counter)
            loop = gast.For(target=clone(node.target), iter=steps, body=body, orelse=[], type_comment=None)
        elif id(node) in self.record.drained:
            loop = gast.While(test=load(self.tape(self.record.drained[id(node)])), body=body, orelse=[])
        else:
            assert counter is not None, "internal error in sweeps: a loop without a count"
            times = call("range", load(counter))
            loop = gast.For(target=store(self.fresh("_")), iter=times, body=body, orelse=[], type_comment=None)
        out.append(_with_origin(loop, node))
        return out + self._restore(node), done


def _index(place: gast.AST) -> gast.AST:
    """The index of an element, or the name of a field, as a value."""
    return const(place.attr) if isinstance(place, gast.Attribute) else index_value(place.slice)


def _back_through(bounds: gast.AST, counter: str | None) -> gast.AST:
    """What the reverse of a counted loop counts through: of its first rounds, where `counter` says how many it ran."""
    counted: Any = clone(range_of(bounds))
    if is_reversed(bounds):
        # No round was run only of an empty range, of which `[-0:]` is right, too.
        last = None if counter is None else gast.UnaryOp(op=gast.USub(), operand=load(counter))
        return counted if last is None else subscript(counted, gast.Slice(lower=last, upper=None, step=None))
    if counter is not None:
        counted = subscript(counted, gast.Slice(lower=None, upper=load(counter), step=None))
    return call("reversed", counted)


def _with_origin(made: gast.AST, node: gast.AST) -> gast.AST:
    made.origin = getattr(node, "origin", None)
    return made


def _with_core(made: gast.AST, node: gast.AST) -> gast.AST:
    made.core = node
    return made


def _core_of(node: Any) -> list[gast.AST]:
    """A loop's body less its closing `if flag: break`."""
    last = node.body[-1]
    leaves = isinstance(last, gast.If) and isinstance(last.body[0], gast.Break)
    return node.body[:-1] if leaves else node.body


def _is_block(step: Step) -> bool:
    manages = any(isinstance(s, gast.Expr) and is_marker(s) for s in step.early)
    return manages or isinstance(step.core, (gast.If, gast.For, gast.While)) and not is_whole(step.core)


def _undo(node: gast.AST) -> gast.AST:
    """The inverse of a change to a list: `append` by `pop`, `pop` by `append`."""
    if isinstance(node, gast.Assign):
        base = clone(node.value.func.value)
        return gast.Expr(value=call(attribute(base, "append"), load(node.targets[0].id)))
    base = clone(node.value.func.value)
    return gast.Expr(value=call(attribute(base, "pop")))
