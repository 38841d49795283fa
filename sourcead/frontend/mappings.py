"""Dicts that are made of others: `{**d, "b": e}`, `d | e`, `dict(pairs)`; reads with a default."""

from __future__ import annotations

import builtins

import gast

from runtime.kernels import require_no_method
from sourcead.errors import NoEmittedForm
from sourcead.frontend.names import Frame
from sourcead.frontend.ordering import Ordering
from sourcead.frontend.syntax import are_items, assign, call, clone, const, load, pack, store, subscript, walk


class Mappings(Ordering):
    """Lowering of dicts into stores by key."""

    def lists_keys(self, node: gast.AST, frame: Frame, within: frozenset[str] = frozenset()) -> bool:
        """Whether the elements of an expression are sure to be keys of a dict; `within` as in `is_dict`."""
        if self.is_dict(node, frame) or self._read_by_elements(node, frame):
            return True
        if isinstance(node, gast.Call):
            if isinstance(node.func, gast.Attribute):
                return node.func.attr == "keys" and not node.args
            ordered = any(self.static(node.func, frame) is f for f in (list, tuple, sorted, reversed, set))
            return ordered and len(node.args) == 1 and self.lists_keys(node.args[0], frame, within)
        holder = frame.holder(node.id) if isinstance(node, gast.Name) else None
        if holder is None or node.id in within:
            return False
        makers = holder.makers(node.id)
        made = [n.value for n in makers if isinstance(n, gast.Assign)]
        return len(made) == len(makers) > 0 and all(self.lists_keys(v, holder, within | {node.id}) for v in made)

    def keys_listed(self, node: gast.AST, frame: Frame) -> gast.Name | None:
        """The keys of a dict as a list, where an expression is one or `sorted(d, reverse=...)`; None for others."""
        if isinstance(node, gast.Call) and self.static(node.func, frame) is sorted and len(node.args) == 1:
            inner, named = node.args[0], {k.arg: k.value for k in node.keywords}
            if not named.keys() <= {"reverse"} or not self.lists_keys(inner, frame):
                return None
            if isinstance(inner, gast.Call) and isinstance(inner.func, gast.Attribute):
                inner = inner.func.value
            keys = self.keys_of(self.held(inner, frame), "sorted")
            if named:
                self.block[-1].value.keywords.append(gast.keyword("reverse", self.index(named["reverse"], frame)))
            return keys
        plain = isinstance(node, gast.Name) and self.is_dict(node, frame)
        return self.keys_of(self.held(node, frame)) if plain else None

    def _read_by_elements(self, node: gast.AST, frame: Frame) -> bool:
        """Whether a variable is read at what a loop over it gives, `for k in sorted(d): ... d[k]`. No array can be."""
        holder = frame.holder(node.id) if isinstance(node, gast.Name) else None
        if holder is None:
            return False
        loops = [n for n in walk(holder.source.tree) if isinstance(n, (gast.For, gast.comprehension))]
        over = [n.target.id for n in loops if _is_name(_listed(n.iter), node.id) and isinstance(n.target, gast.Name)]
        read = (n for n in walk(holder.source.tree) if isinstance(n, gast.Subscript) and _is_name(n.value, node.id))
        return any(isinstance(n.slice, gast.Name) and n.slice.id in over for n in read)

    def is_key(self, node: gast.AST, frame: Frame) -> bool:
        """Whether an expression is sure to be a key of a dict."""
        if isinstance(node, gast.Subscript):
            return self.lists_keys(node.value, frame) and not self.is_dict(node.value, frame)
        holder = frame.holder(node.id) if isinstance(node, gast.Name) else None
        if holder is None:
            return False
        makers = holder.makers(node.id)
        return bool(makers) and all(self._gives_key(maker, holder) for maker in makers)

    def _gives_key(self, maker: gast.AST, frame: Frame) -> bool:
        """Whether a loop or assignment binds its target to a key of a dict."""
        if isinstance(maker, gast.For):
            return isinstance(maker.target, gast.Name) and self.lists_keys(maker.iter, frame)
        taken = isinstance(maker, gast.Assign) and isinstance(maker.value, gast.Subscript)
        return taken and self.is_key(maker.value, frame)

    def is_dict(self, node: gast.AST, frame: Frame, within: frozenset[str] = frozenset()) -> bool:
        """Whether an expression is sure to be a dict: made as one, or a variable that only ever holds such.

        `within` are variables that are being looked at.
        """
        if isinstance(node, (gast.Dict, gast.DictComp)):
            return True
        if isinstance(node, gast.Call):
            return self.static(node.func, frame) is builtins.dict
        if isinstance(node, gast.BinOp) and isinstance(node.op, gast.BitOr):
            return all(self.is_dict(side, frame, within) for side in (node.left, node.right))
        holder = frame.holder(node.id) if isinstance(node, gast.Name) else None
        if holder is None:
            return False
        if node.id in within:
            return True
        values = _values_of(node.id, holder.body)
        if values is None or node.id in holder.parameters | holder.nonlocals:
            return False
        return all(self.is_dict(v, holder, within | {node.id}) for v in values)

    def merged(self, parts: list[tuple[gast.AST | None, gast.AST]], frame: Frame) -> gast.AST:
        """A new dict of entries and whole dicts, later ones over earlier ones."""
        made = self.name(gast.Dict(keys=[], values=[]), "merged")
        for key, value in parts:
            if key is None:
                held = self.atom(value, frame)
                self.entries_into(made, held if isinstance(held, gast.Name) else self.name(held))
            else:
                self.entry(made, self.index(key, frame), self.atom(value, frame))
        return made

    def entries_into(self, made: gast.Name, held: gast.Name) -> None:
        """Store every entry of one dict in another."""
        keys = self.keys_of(held)
        counter = self.fresh("k")
        self.integers.add(counter)
        with self.inside() as block:
            key = self.name(subscript(load(keys.id), load(counter)), "key")
            self.entry(made, key, self.name(subscript(load(held.id), clone(key)), "item"))
        self.counted_loop(counter, call("len", load(keys.id)), block)

    def entry(self, base: gast.Name, key: gast.AST, value: gast.AST) -> None:
        """Emit `base[key] = value`."""
        held = value if isinstance(value, (gast.Name, gast.Constant)) else self.name(value)
        self.emit(assign(subscript(load(base.id), key, gast.Store()), held))

    def made_dict(self, node: gast.Call, frame: Frame) -> gast.AST:
        """`dict(d, a=...)` and `dict(pairs)`."""
        if len(node.args) > 1 or any(k.arg is None for k in node.keywords):
            raise self.no_form(node, frame)
        named = [(const(k.arg), k.value) for k in node.keywords]
        if not node.args:
            return gast.Dict(keys=[k for k, _ in named], values=self.atoms([v for _, v in named], frame))
        first = node.args[0]
        if self.is_dict(first, frame):
            return self.merged([(None, first), *named], frame)
        displayed = isinstance(first, (gast.ListComp, gast.GeneratorExp)) or self.kind(first, frame) is not None
        paired = isinstance(first, gast.Call) and self.static(first.func, frame) in (zip, enumerate)
        if not displayed and not paired and not are_items(first):
            raise self.no_form(node, frame)
        target = pack([store(".key"), store(".value")], gast.Store())
        loops = [gast.comprehension(target=target, iter=first, ifs=[], is_async=0)]
        made = gast.copy_location(gast.DictComp(load(".key"), load(".value"), loops), node)
        if not named:
            return self.value(made, frame)
        held = self.stand_in(self.value(made, frame), frame, True)
        return self.merged([(None, held), *named], frame)

    def read_or(self, node: gast.Call, frame: Frame) -> gast.AST:
        """`d.get(key, default)`: a branch."""
        base = self.atom(node.func.value, frame)
        held = base if isinstance(base, gast.Name) else self.name(base)
        if self.active(node.func.value, frame) and not self.is_dict(node.func.value, frame):
            check = self.namespace.bind("require_no_method", require_no_method)
            self.emit(gast.Expr(value=call(check, load(held.id), const("get"))))
        key = self.index(node.args[0], frame)
        default = self.atom(node.args[1], frame) if len(node.args) > 1 else const(None)
        target = self.fresh()
        self.branch(
            gast.Compare(left=clone(key), ops=[gast.In()], comparators=[load(held.id)]),
            lambda: self.emit(assign(target, subscript(load(held.id), clone(key)))),
            lambda: self.emit(assign(target, default)),
            frame,
        )
        return load(target)

    def set_default(self, node: gast.Call, frame: Frame) -> gast.AST:
        """`d.setdefault(key, value)`: a store where the key is missing, then a read."""
        base = self.reference(node.func.value.id, frame)
        key = self.index(node.args[0], frame)
        default = self.atom(node.args[1], frame)
        default = default if isinstance(default, (gast.Name, gast.Constant)) else self.name(default)
        place = subscript(load(base.id), clone(key), gast.Store())
        self.branch(
            gast.Compare(left=clone(key), ops=[gast.NotIn()], comparators=[load(base.id)]),
            lambda: self.emit(assign(place, default)),
            lambda: None,
            frame,
        )
        return subscript(load(base.id), key)

    def united(self, node: gast.BinOp, frame: Frame) -> gast.AST:
        """`d | e` on dicts; on nothing else has `|` a derivative."""
        if not self.is_dict(node.left, frame) or not self.is_dict(node.right, frame):
            raise self.refuse("`|` of something that may be no dict", "Write `{**d, **e}`.", NoEmittedForm)
        return self.merged([(None, node.left), (None, node.right)], frame)


def _values_of(name: str, body: list[gast.AST]) -> list[gast.AST] | None:
    """What a variable is assigned; None where it is bound in another way than by plain assignments and `|=`."""
    bound = [n for n in walk(body) if isinstance(n, gast.Name) and n.id == name and not isinstance(n.ctx, gast.Load)]
    made = [s for s in walk(body) if isinstance(s, gast.Assign) and any(t in bound for t in s.targets)]
    updates = [s for s in walk(body) if isinstance(s, gast.AugAssign) and s.target in bound]
    plain = all(len(s.targets) == 1 for s in made) and all(isinstance(s.op, gast.BitOr) for s in updates)
    return [s.value for s in made] if made and plain and len(made) + len(updates) == len(bound) else None


def _listed(node: gast.AST) -> gast.AST:
    """What `sorted(d)` and `list(d)` list."""
    plain = isinstance(node, gast.Call) and isinstance(node.func, gast.Name) and node.func.id in ("sorted", "list")
    return node.args[0] if plain and len(node.args) == 1 else node


def _is_name(node: gast.AST, name: str) -> bool:
    return isinstance(node, gast.Name) and node.id == name
