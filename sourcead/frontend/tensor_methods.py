"""Methods of Tensors in a text: those that arrays have not, and those that mean something else of arrays.

x.exp()            np.exp(numeric(x))            what NumPy can say (`runtime.operations.spelling`)
x.roll(1)    ->    Tensor.roll(numeric(x), 1)    runs on the dynamic graph
x.size(0)          np.shape(x)[0]                also where the expression is left whole
x.std()            x.std()                       as arrays mean it, and the text is then one for arrays only
"""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

import runtime
from runtime.kernels import numeric
from runtime.operations.spelling import spelled_method
from runtime.readings import has_two_meanings, is_of_tensors
from sourcead.frontend.callees import path_root
from sourcead.frontend.classes import Classes
from sourcead.frontend.names import MISSING, Frame
from sourcead.frontend.syntax import attribute, call, load, walk

CONTAINERS = (list, dict, str, set, collections.deque)
# Methods of Tensors that tell of the shape.
_SHAPE: dict[str, Callable[..., Any]] = {
    "size": np.shape,
    "numel": np.size,
    "nelement": np.size,
    "dim": np.ndim,
    "ndimension": np.ndim,
}


class TensorMethods(Classes):
    """What calls of Tensors' methods become, and for what a text is written that has some."""

    def note_methods(self, body: list[gast.AST], frame: Frame) -> None:
        """Remember that a text has a method which means one thing of arrays and another of Tensors.

        Emitted text is right as it stands, and says itself for what it was written.
        """
        own = frame.source.function
        if hasattr(own, "reading"):
            if own.reading == "arrays":
                self._for_arrays_only()
        elif self.namespace.reading == "either" and not self.spelling:
            calls = (n for n in walk(body) if isinstance(n, gast.Call) and isinstance(n.func, gast.Attribute))
            doubtful = [n.func for n in calls if has_two_meanings(n.func.attr, *call_form(n))]
            if any(self.static(method, frame) is MISSING and not self._is_shape(method, frame) for method in doubtful):
                self._for_arrays_only()

    def _is_shape(self, method: gast.Attribute, frame: Frame) -> bool:
        """Whether it can be no method of arrays: `size` is none, and `view(2, 3)` of a derivative none with a rule."""
        return method.attr == "size" or method.attr == "view" and self.active(method.value, frame)

    def _for_arrays_only(self) -> None:
        if self.namespace.reading == "either":
            self.namespace.reading = "arrays"

    def is_of_tensor(self, node: gast.Call, frame: Frame) -> bool:
        """Whether a call is that of a method that Tensors have and arrays do not, of a value that shows no other."""
        name = node.func.attr
        known = hasattr(runtime.Tensor, name) and not name.endswith("_") and is_of_tensors(name, *call_form(node))
        if not known or self.resolved(node.func, frame) is not MISSING:
            return False
        root = path_root(node.func.value)
        reads = (n.attr for n in walk(frame.body) if isinstance(n, gast.Attribute) and path_root(n.value) == root)
        return root is None or all(hasattr(np.ndarray, n) or hasattr(runtime.Tensor, n) for n in reads)

    def tensors_method(self, node: gast.Call, frame: Frame) -> gast.AST | None:
        """The core value of a method of Tensors that arrays have not, of what carries a derivative; else None."""
        if node.func.attr == "view" and any(isinstance(self.static(a, frame), (type, np.dtype)) for a in node.args):
            return None  # The bytes of an array seen as another type.
        if node.func.attr == "flatten" and any(
            isinstance(a, gast.Constant) and type(a.value) is str for a in node.args
        ):
            return None  # The order of an array's elements; Tensors take the places of axes.
        form = spelled_method(node.func.attr, *call_form(node), self.of_complex)
        active = self.active(node.func.value, frame)
        # Of a constant only what nothing but a Tensor has: `seen.add(x)` is a set's.
        if form is not None and (active or node.func.attr in ("mm", "mv", "bmm", "matmul")):
            checked = call(self.namespace.bind("numeric", numeric), self.atom(node.func.value, frame))
            first = self.stand_in(self.name(checked, "operand"), frame, active)
            return self.in_place_of(form, gast.Call(node.func, [first, *node.args], node.keywords), frame)
        return self._of_tensor(node, frame) if active and self.is_of_tensor(node, frame) else None

    def _of_tensor(self, node: gast.Call, frame: Frame) -> gast.AST:
        checked = self.name(call(self.namespace.bind("numeric", numeric), self.atom(node.func.value, frame)), "operand")
        given = self.atoms([*node.args, *(k.value for k in node.keywords)], frame)
        method = attribute(load(self.namespace.bind("Tensor", runtime.Tensor)), node.func.attr)
        made = call(method, checked, *given[: len(node.args)])
        made.keywords = [gast.keyword(arg=k.arg, value=v) for k, v in zip(node.keywords, given[len(node.args) :])]
        return made

    def shape_asked(self, node: gast.Call, frame: Frame) -> Callable[..., Any] | None:
        """NumPy's function for a method that tells of the shape, in a text that is left whole; None for all others.

        Where such a text has another method of Tensors, arrays lack it, so that it is no text for Tensors.
        """
        if not isinstance(node.func, gast.Attribute) or not self.is_of_tensor(node, frame):
            return None
        asked = _SHAPE.get(node.func.attr)
        if asked is not None and not node.keywords and len(node.args) <= (asked is np.shape):
            return asked
        if not any(hasattr(kind, node.func.attr) for kind in CONTAINERS):
            self._for_arrays_only()
        return None

    def in_place_of(self, form: Any, node: gast.Call, frame: Frame) -> gast.AST:
        """A call of a function that is read in another's place."""
        raise NotImplementedError

    def atom(self, node: gast.AST, frame: Frame) -> gast.AST:
        """A user's expression as an operand."""
        raise NotImplementedError

    def atoms(self, nodes: list[gast.AST], frame: Frame) -> list[gast.AST]:
        """Several of them, evaluated in order."""
        raise NotImplementedError


def call_form(node: gast.Call) -> tuple[int, list[str]]:
    """How many arguments a call has by position, and the names of the others."""
    return len(node.args), [k.arg for k in node.keywords]
