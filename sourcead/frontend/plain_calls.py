"""Calls that stay calls: what may stand in a core statement, and what runs on the dynamic graph instead."""

from __future__ import annotations

from typing import Any

import gast

from runtime.promotion import takes_arrays
from sourcead.errors import NoEmittedForm, Refused
from sourcead.frontend.annotations import is_opaque_class, signature_of
from sourcead.frontend.arguments import Arguments
from sourcead.frontend.callees import CHANGING_METHODS, GIVING, has_no_form, is_user_function, is_writer
from sourcead.frontend.names import MISSING, Frame
from sourcead.frontend.syntax import attribute, call


class PlainCalls(Arguments):
    """Lowering of calls to calls."""

    def plain(self, node: gast.Call, function: Any, frame: Frame) -> gast.AST:
        """The call itself, on operands; a method of a variable keeps its variable in front."""
        keywords = list(node.keywords)
        if has_no_form(function, len(node.args)) and self.active(node, frame):
            raise self.refuse(
                f"`{function.__name__}`, which has neither a rule nor source that can be read",
                "Write it in Python and NumPy, or register a rule with sourcead.derivative.",
                NoEmittedForm,
            )
        if is_opaque_class(function) and self.active(node, frame):
            raise self.refuse(
                f"a `{function.__name__}`, whose class does more than hold what it is given",
                "Write the class plainly, or use a list or a dict.",
            )
        if isinstance(node.func, gast.Attribute) and node.func.attr in ("send", "throw"):
            if function is MISSING and any(self.active(a, frame) for a in node.args):
                raise self.refuse("a generator is sent a value that carries a derivative", "Write a loop.")
        name = node.func.attr if isinstance(node.func, gast.Attribute) else getattr(function, "__name__", "")
        method = isinstance(node.func, gast.Attribute) and function is MISSING and name in CHANGING_METHODS
        if method and any(self.active(a, frame) for a in node.args):
            raise self.refuse(
                f"`.{name}(...)` of active values, as a value or a function",
                "Write it as a statement of its own, in a loop.",
            )
        changed = [node.func.value] if method else node.args[:1] if is_writer(function) else []
        if name in GIVING and any(self.active(n, frame) for n in changed):
            raise self.refuse(
                f"`{name}(...)` changes what carries a derivative, and its value is used",
                "Change it in a statement of its own, and read the value from it.",
            )
        unknown = isinstance(node.func, gast.Name) and function is MISSING and self.active(node.func, frame)
        if unknown or self.is_unknown_method(node, frame) and self.active(node, frame):
            called = f"`{gast.unparse(node.func)}`"
            what = f"a call of {called}," if unknown else f"{called}, a method of an object"
            raise self.refuse(
                f"{what} whose class is not known",
                "Annotate the argument with its class, or make the object inside.",
                NoEmittedForm,
            )
        if isinstance(node.func, gast.Attribute) and self.active(node.func.value, frame):
            base = self.atom(node.func.value, frame)
            func: gast.AST = attribute(base if isinstance(base, gast.Name) else self.name(base), node.func.attr)
        else:
            func = self.inert(node.func, frame)
        values = self.atoms([*node.args, *(k.value for k in keywords)], frame)
        if takes_arrays(function):
            values[: len(node.args)] = [self.as_array(v, a, frame) for v, a in zip(values, node.args)]
        made = call(func, *values[: len(node.args)])
        made.keywords = [gast.keyword(arg=k.arg, value=v) for k, v in zip(keywords, values[len(node.args) :])]
        if is_user_function(function):
            return self._positional(made, function)
        return made

    def _positional(self, made: gast.Call, function: Any) -> gast.Call:
        """Arguments of a call of a user's function in the order of its parameters, defaults left out."""
        try:
            bound = signature_of(function).bind(*made.args, **{k.arg: k.value for k in made.keywords})
        except TypeError as error:
            raise self.refuse(
                f"this call does not fit the function: {error}", "Correct the arguments.", Refused
            ) from None
        made.args, made.keywords = list(bound.args), [gast.keyword(arg=k, value=v) for k, v in bound.kwargs.items()]
        return made


def called_text(node: gast.AST) -> str:
    """A called expression in an error."""
    return node.id if isinstance(node, gast.Name) else "a function"
