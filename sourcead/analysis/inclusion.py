"""Which variables may be, or be inside of, which others: sets of names as the bits of whole numbers.

The relation has up to the square of the number of variables as its pairs, and is joined after every statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

Around = dict[str, int]


class Names:
    """Names by number: a set of them is a number with their bits."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._names: list[str] = []

    def bit(self, name: str) -> int:
        if name not in self._places:
            self._places[name] = len(self._names)
            self._names.append(name)
        return 1 << self._places[name]

    def bits(self, names: Iterable[str]) -> int:
        found = 0
        for name in names:
            found |= self.bit(name)
        return found

    def listed(self, bits: int) -> Iterator[str]:
        """The names of a set."""
        while bits:
            lowest = bits & -bits
            yield self._names[lowest.bit_length() - 1]
            bits ^= lowest


class Inclusion:
    """For each name, around which others it may be found: it may be the other itself, or an object inside it.

    Never changed; each operation gives another one.
    """

    def __init__(self, names: Names, around: Around) -> None:
        self.names = names
        self.around = around

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Inclusion) and self.around == other.around

    __hash__ = None  # type: ignore[assignment]

    def outer(self, name: str) -> int:
        """What a name may be inside of."""
        return self.around.get(name, 0)

    def inner(self, name: str) -> int:
        """What may be inside a name."""
        bit = self.names.bit(name)
        return self.names.bits(a for a, around in self.around.items() if around & bit)

    def outer_of(self, inner: int) -> int:
        """What any of some names may be inside of."""
        found = 0
        for name in self.names.listed(inner):
            found |= self.around.get(name, 0)
        return found

    def without(self, name: str) -> Inclusion:
        """The relation where the name stands for something else."""
        others = ~self.names.bit(name)
        kept = {a: around & others for a, around in self.around.items() if a != name}
        return Inclusion(self.names, {a: around for a, around in kept.items() if around})

    def linked(self, inner: int, outer: int) -> Inclusion:
        """The relation in which each of `inner` may be inside each of `outer`, too."""
        made = dict(self.around)
        for name in self.names.listed(inner):
            around = (made.get(name, 0) | outer) & ~self.names.bit(name)
            if around:
                made[name] = around
        return Inclusion(self.names, made)

    def joined(self, other: Inclusion) -> Inclusion:
        """The relation that holds where one or the other does."""
        if self is other:
            return self
        made = dict(self.around)
        for name, around in other.around.items():
            made[name] = made.get(name, 0) | around
        return Inclusion(self.names, made)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Each name with each that it may be inside of."""
        for name, around in self.around.items():
            for other in self.names.listed(around):
                yield name, other
