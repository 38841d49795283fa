"""The facts of a function that the user's function calls: it has to leave alone what it is given.

What a call changes of its arguments is not seen where it is made. So a function that changes them has no functions of
its own in the emitted module: its body stands in the place of its calls.
"""

from __future__ import annotations

from sourcead.errors import within
from sourcead.frontend.callees import ChangesUnseen
from sourcead.frontend.names import Namespace
from sourcead.frontend.source import Source
from sourcead.transform.functions import Analysed, analyse


def analyse_callee(
    source: Source, namespace: Namespace, given: tuple[str, ...], number: bool, owner: type | None
) -> Analysed:
    """`analyse` of a function that is called. Raises ChangesUnseen where it changes what it is given."""
    with within(source.function):
        analysed = analyse(source, namespace, given, number, owner)
        if analysed.private:
            leave_alone(source, analysed.private[0])
    return analysed


def leave_alone(source: Source, changed: str) -> None:
    """Raises ChangesUnseen for a function that changes a parameter; emitted text, which uses up its tape, may."""
    if source.file.startswith("<sourcead "):
        return
    error = ChangesUnseen(
        f"`{source.name}` changes `{changed}`, which it is given",
        "Let it return the new value.",
        source.origin(source.tree),
    )
    error.within = source.function
    raise error
