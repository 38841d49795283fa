"""Modules that hold other Modules or Parameters: in a row, in a list, in a dict."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, overload

from runtime.nn.module import Module
from runtime.nn.parameter import Parameter
from runtime.tensor import Tensor


def _place(index: Any, length: int) -> str:
    """The name of an element: its number from the front."""
    number = operator.index(index)
    if not -length <= number < length:
        raise IndexError(f"index {number} is out of range for {length} elements")
    return str(number % length)


class _ListOfModules(Module):
    """Numbered Modules, with a list's reading and writing."""

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    def _given(self, index: slice) -> Any:
        return list(self._modules.values())[index]

    def __setitem__(self, index: Any, module: Module) -> None:
        self._modules[_place(index, len(self))] = module

    def __delitem__(self, index: Any) -> None:
        kept = list(self._modules.values())
        del kept[index]
        self._modules.clear()
        self.extend(kept)

    def append(self, module: Module) -> Any:
        """Put a Module at the end; returns the container."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Any:
        """Put several Modules at the end; returns the container."""
        for module in modules:
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Any:
        """Put a Module before the one at `index`; returns the container."""
        members = list(self._modules.values())
        members.insert(index, module)
        self._modules.clear()
        return self.extend(members)

    def pop(self, index: int = -1) -> Module:
        """Take a Module out and return it."""
        found = self._modules[_place(index, len(self))]
        del self[index]
        return found


class Sequential(_ListOfModules):
    """Modules called one after the other: `Sequential(a, b)(x)` is `b(a(x))`. A dict gives them names."""

    def __init__(self, *modules: Any) -> None:
        super().__init__()
        if len(modules) == 1 and isinstance(modules[0], Mapping):
            for name, module in modules[0].items():
                self.add_module(name, module)
        else:
            self.extend(modules)

    def forward(self, input: Any) -> Any:
        """Each Module on the result of the one before."""
        for module in self._modules.values():
            input = module(input)
        return input

    def __getitem__(self, index: Any) -> Any:
        names = list(self._modules)
        if isinstance(index, slice):
            return type(self)({name: self._modules[name] for name in names[index]})
        return self._modules[names[int(_place(index, len(self)))]]

    def __setitem__(self, index: Any, module: Module) -> None:
        self._modules[list(self._modules)[int(_place(index, len(self)))]] = module

    def __delitem__(self, index: Any) -> None:
        names = list(self._modules)
        chosen = names[index] if isinstance(index, slice) else [names[int(_place(index, len(self)))]]
        kept = {name: module for name, module in self._modules.items() if name not in chosen}
        numbered = all(name == str(k) for k, name in enumerate(names))
        self._modules.clear()
        for k, (name, module) in enumerate(kept.items()):
            self._modules[str(k) if numbered else name] = module

    def pop(self, index: int = -1) -> Module:
        """Take a Module out and return it."""
        found = self[index]
        del self[index]
        return found


class ModuleList(_ListOfModules):
    """A list of Modules whose parameters are found."""

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        self.extend(modules or ())

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)(self._given(index))
        return self._modules[_place(index, len(self))]

    def __add__(self, other: Iterable[Module]) -> ModuleList:
        return type(self)([*self, *other])

    def __iadd__(self, modules: Iterable[Module]) -> ModuleList:
        return self.extend(modules)

    def _named_lines(self) -> Iterator[tuple[str, str]]:
        """Neighbours that print alike share one line, as in `(0-2): 3 x Linear(...)`."""
        texts = [repr(module) for module in self]
        first = 0
        while first < len(texts):
            last = first
            while last + 1 < len(texts) and texts[last + 1] == texts[first]:
                last += 1
            count = last - first + 1
            label = f"({first})" if count == 1 else f"({first}-{last})"
            yield label, texts[first] if count == 1 else f"{count} x {texts[first]}"
            first = last + 1


class ModuleDict(Module):
    """A dict of Modules whose parameters are found."""

    def __init__(self, modules: Any = None) -> None:
        super().__init__()
        self.update(modules or {})

    def __getitem__(self, key: str) -> Module:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: str) -> bool:
        return key in self._modules

    def clear(self) -> None:
        """Take all Modules out."""
        self._modules.clear()

    def pop(self, key: str) -> Module:
        """Take a Module out and return it."""
        return self._modules.pop(key)

    def keys(self) -> Iterable[str]:
        """The names."""
        return self._modules.keys()

    def items(self) -> Iterable[tuple[str, Module]]:
        """Names and Modules."""
        return self._modules.items()

    def values(self) -> Iterable[Module]:
        """The Modules."""
        return self._modules.values()

    def update(self, modules: Any) -> None:
        """Put in the Modules of a mapping or of pairs of name and Module, over those of the same name."""
        for key, module in modules.items() if hasattr(modules, "items") else modules:
            self[key] = module


class ParameterList(Module):
    """A list of Parameters; Tensors that are put in become Parameters."""

    def __init__(self, values: Iterable[Any] | None = None) -> None:
        super().__init__()
        self.extend(values or ())

    def __len__(self) -> int:
        return len(self._parameters)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._parameters.values())

    @overload
    def __getitem__(self, index: int) -> Parameter: ...

    @overload
    def __getitem__(self, index: slice) -> ParameterList: ...

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)(list(self)[index])
        return self._parameters[_place(index, len(self))]

    def __setitem__(self, index: int, value: Any) -> None:
        self.register_parameter(_place(index, len(self)), _parameter(value))

    def append(self, value: Any) -> ParameterList:
        """Put a Parameter at the end; returns the list."""
        self.register_parameter(str(len(self)), _parameter(value))
        return self

    def extend(self, values: Iterable[Any]) -> ParameterList:
        """Put several Parameters at the end; returns the list."""
        for value in values:
            self.append(value)
        return self

    def __iadd__(self, values: Iterable[Any]) -> ParameterList:
        return self.extend(values)

    def extra_repr(self) -> str:
        """One line a Parameter, as printed."""
        return _lines(self._parameters, lambda value: str(value.dtype))


class ParameterDict(Module):
    """A dict of Parameters; Tensors that are put in become Parameters."""

    def __init__(self, parameters: Any = None) -> None:
        super().__init__()
        self.update(parameters or {})

    def __getitem__(self, key: str) -> Any:
        return self._parameters[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.register_parameter(key, _parameter(value))

    def __delitem__(self, key: str) -> None:
        del self._parameters[key]

    def __len__(self) -> int:
        return len(self._parameters)

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __contains__(self, key: str) -> bool:
        return key in self._parameters

    def keys(self) -> Iterable[str]:
        """The names."""
        return self._parameters.keys()

    def items(self) -> Iterable[tuple[str, Any]]:
        """Names and Parameters."""
        return self._parameters.items()

    def values(self) -> Iterable[Any]:
        """The Parameters."""
        return self._parameters.values()

    def update(self, parameters: Any) -> None:
        """Put in the Parameters of a mapping or of pairs of name and Parameter, over those of the same name."""
        for key, value in parameters.items() if hasattr(parameters, "items") else parameters:
            self[key] = value

    def extra_repr(self) -> str:
        """One line a Parameter, as printed."""
        return _lines(self._parameters, lambda value: f"torch.{_KINDS.get(value.dtype.name, 'Float')}Tensor")


def _parameter(value: Any) -> Parameter:
    return value if isinstance(value, Parameter) else Parameter(value)


# The names that PyTorch prints for the types of elements of a dict's Parameters.
_KINDS = {"float16": "Half", "float64": "Double", "complex64": "ComplexFloat", "complex128": "ComplexDouble"}


def _lines(parameters: Mapping[str, Tensor | None], kind: Callable[[Tensor], str]) -> str:
    """One line a Parameter: its name, type and shape."""
    texts = []
    for name, value in parameters.items():
        if value is None:
            texts.append(f"  ({name}): None")
        else:
            sizes = "x".join(str(n) for n in value.shape)
            texts.append(f"  ({name}): Parameter containing: [{kind(value)} of size {sizes}]")
    return "\n".join(texts)
