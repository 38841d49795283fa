"""What a Module owns, found out from plain assignments: parameters, buffers and other Modules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from runtime.errors import NotBegun, SourceADError
from runtime.nn.parameter import Buffer, Parameter
from runtime.tensor import Tensor

_TABLES = ("_parameters", "_buffers", "_modules")


class Registry:
    """Keeps Parameters, Buffers and Modules that are assigned to its attributes in tables, each under its name.

    Everything else is an ordinary attribute. The three walks visit what is owned here first, then what children own,
    in the order of assignment, and each object once.
    """

    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Any]
    _transient: set[str]

    def __init__(self) -> None:
        for table in _TABLES:
            object.__setattr__(self, table, {})
        object.__setattr__(self, "_transient", set())

    # Assignment.

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Parameter):
            self.register_parameter(name, value)
        elif isinstance(value, Registry):
            self._take(name, "_modules")[name] = value
        elif isinstance(value, Buffer):
            self.register_buffer(name, value, value.persistent)
        else:
            table = self._table_of(name)
            if table is None:
                object.__setattr__(self, name, value)
            elif value is None or table == "_buffers" and isinstance(value, Tensor):
                self.__dict__[table][name] = value
            else:
                kind = {"_parameters": "Parameter", "_buffers": "Tensor", "_modules": "Module"}[table]
                raise TypeError(
                    f"`{name}` is registered and takes a {kind} or None, not a {type(value).__name__}."
                    f" Delete the attribute first to give the name another meaning."
                )

    def __getattr__(self, name: str) -> Any:
        for table in _TABLES:
            found = self.__dict__.get(table)
            if found is not None and name in found:
                return found[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name: str) -> None:
        table = self._table_of(name)
        if table is None:
            object.__delattr__(self, name)
        else:
            del self.__dict__[table][name]
            self._transient.discard(name)

    def __dir__(self) -> list[str]:
        return sorted({*object.__dir__(self), *self._parameters, *self._buffers, *self._modules})

    def _table_of(self, name: str) -> str | None:
        for table in _TABLES:
            if name in self.__dict__.get(table, ()):
                return table
        return None

    def _take(self, name: str, table: str) -> dict[str, Any]:
        """The table that is to hold `name`, after every other meaning of the name was given up."""
        tables = self.__dict__
        if table not in tables:
            raise NotBegun(
                f"`{name}` was assigned before Module.__init__ was called",
                "Call super().__init__() first in the Module's __init__.",
            )
        if not isinstance(name, str) or "." in name or name == "":
            raise KeyError(f"a registered name is a string without dots that is not empty, not {name!r}")
        tables.pop(name, None)
        for other in _TABLES:
            if other != table:
                tables[other].pop(name, None)
        self._transient.discard(name)
        return tables[table]

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Own a Parameter under `name`; None keeps the name without one."""
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(f"`{name}` must be a Parameter or None, not a {type(param).__name__}")
        if param is not None and not param.is_leaf:
            raise SourceADError(
                f"the parameter `{name}` was computed from other Tensors", "Register a leaf, and compute in forward()."
            )
        self._refuse_attribute(name)
        self._take(name, "_parameters")[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Own a Tensor that is not trained under `name`; one that is not `persistent` is left out of `state_dict`."""
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"`{name}` must be a Tensor or None, not a {type(tensor).__name__}")
        self._refuse_attribute(name)
        self._take(name, "_buffers")[name] = tensor
        if not persistent:
            self._transient.add(name)

    def add_module(self, name: str, module: Any) -> None:
        """Own another Module under `name`; None keeps the name without one."""
        if module is not None and not isinstance(module, Registry):
            raise TypeError(f"`{name}` must be a Module or None, not a {type(module).__name__}")
        self._refuse_attribute(name)
        self._take(name, "_modules")[name] = module

    register_module = add_module

    def _refuse_attribute(self, name: str) -> None:
        """Methods and class attributes keep their names."""
        if isinstance(name, str) and hasattr(type(self), name):
            raise KeyError(f"{type(self).__name__} already has an attribute `{name}`")

    # Walks.

    def named_modules(
        self, memo: set[Any] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Any]]:
        """This Module and all below it, each with its dotted name."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(memo, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def modules(self) -> Iterator[Any]:
        """This Module and all below it."""
        return (module for _, module in self.named_modules())

    def named_children(self) -> Iterator[tuple[str, Any]]:
        """The Modules that are attributes of this one, with their names."""
        seen = set()
        for name, module in self._modules.items():
            if module is not None and module not in seen:
                seen.add(module)
                yield name, module

    def children(self) -> Iterator[Any]:
        """The Modules that are attributes of this one."""
        return (module for _, module in self.named_children())

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """Every Parameter with its dotted name."""
        return self._named("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """Every Parameter."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """Every buffer with its dotted name."""
        return self._named("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """Every buffer."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def _named(self, table: str, prefix: str, recurse: bool, once: bool) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        modules = self.named_modules(prefix=prefix, remove_duplicate=once) if recurse else [(prefix, self)]
        for path, module in modules:
            for name, value in module.__dict__[table].items():
                if value is None or id(value) in seen:
                    continue
                if once:
                    seen.add(id(value))
                yield f"{path}.{name}" if path else name, value

    # By dotted name.

    def get_submodule(self, target: str) -> Any:
        """The Module of a dotted name; the empty name is this Module. Raises AttributeError where there is none."""
        found: Any = self
        for name in filter(None, target.split(".")):
            found = getattr(found, name)
            if not isinstance(found, Registry):
                raise AttributeError(f"`{name}` in '{target}' is not a Module")
        return found

    def get_parameter(self, target: str) -> Parameter:
        """The Parameter of a dotted name. Raises AttributeError where there is none."""
        return self._get(target, "_parameters")

    def get_buffer(self, target: str) -> Tensor:
        """The buffer of a dotted name. Raises AttributeError where there is none."""
        return self._get(target, "_buffers")

    def _get(self, target: str, table: str) -> Any:
        path, _, name = target.rpartition(".")
        owner = self.get_submodule(path)
        if name not in owner.__dict__[table]:
            raise AttributeError(f"{type(owner).__name__} has no {table[1:-1]} `{name}`")
        return owner.__dict__[table][name]
