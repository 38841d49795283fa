"""From emitted functions to the text of a complete module, and to living functions with that text.

The text runs on its own in a fresh interpreter. In this process nothing is imported or run a second time: the same
text is executed without its imports, on the very objects, namespaces and closure cells that the user's functions use.
"""

from __future__ import annotations

import ast
import builtins
import copy
import hashlib
import inspect
import linecache
import types
import weakref
from collections.abc import Callable
from typing import Any

import gast

from sourcead.backend.binding import Binding, Emitted, bind
from sourcead.backend.lines import annotated
from sourcead.backend.places import Place, places
from sourcead.backend.printing import to_text
from sourcead.backend.recipes import PACKAGE, living, module_name, remember
from sourcead.backend.scopes import free_reads

__all__ = ["Emitted", "assemble", "load"]

Change = Callable[[ast.Module, tuple[Place, ...]], dict[str, Any]]

_bound_to: weakref.WeakKeyDictionary[types.FunctionType, dict[str, Any]] = weakref.WeakKeyDictionary()
_made_of: weakref.WeakKeyDictionary[types.FunctionType, tuple[Emitted, Binding]] = weakref.WeakKeyDictionary()


def assemble(emitted: Emitted) -> str:
    """The text of the module.

    Where closure variables, or objects that cannot be imported, are read, the functions stand in a factory
    `make_<main>` that takes these as parameters and returns the main function.
    """
    return _text(emitted, bind(emitted))


def load(
    emitted: Emitted,
    *,
    primal: Callable[..., Any],
    signature: inspect.Signature | None = None,
    docstring: str | None = None,
    recipe: dict[str, Any] | None = None,
) -> types.FunctionType:
    """The main function, alive, with its text as `.source` and the user's function as `.primal`.

    Its lines are known to `linecache`, so that tracebacks and debuggers show them. With a recipe (see
    `sourcead.backend.recipes`) it pickles by name; the function of an equal recipe, text and objects is returned
    again. `signature` and `docstring` replace what the text says.
    """
    binding = bind(emitted)
    text = _text(emitted, binding)
    name = module_name(recipe) if recipe is not None else PACKAGE
    objects = {**binding.globals, **{key: _identity(key, cell, emitted) for key, cell in binding.cells.items()}}
    if recipe is not None:
        known = living(name)
        if known is not None and _equal(known, text, primal, objects):
            return known
    function = _execute(text, emitted, binding, name)
    _made_of[function] = emitted, binding
    function.source = text  # type: ignore[attr-defined]
    function.primal = primal  # type: ignore[attr-defined]
    if signature is not None:
        function.__signature__ = signature  # type: ignore[attr-defined]
    if docstring is not None:
        function.__doc__ = docstring
    function.__qualname__ = emitted.main
    if recipe is None and binding.cells:
        function.__qualname__ = f"make_{emitted.main}.<locals>.{emitted.main}"
    if recipe is not None:
        remember(function)
        _bound_to[function] = objects
    return function


def altered(function: types.FunctionType, change: Change) -> types.FunctionType:
    """The function made anew from its text after `change`, on the same objects.

    `change` gets the tree of the text, without its imports, and the places of its statements; it may put statements
    in, and returns what new names stand for. Raises KeyError for a function that was not emitted.
    """
    emitted, binding = _made_of[function]
    known = places(emitted.functions)

    def with_places(tree: ast.Module) -> dict[str, Any]:
        return change(tree, known)

    return _execute(_text(emitted, binding), emitted, binding, function.__module__, with_places)


def _identity(name: str, cell: types.CellType, emitted: Emitted) -> Any:
    """What makes a parameter of the factory the same again: the user's own cell, or the object in one of ours."""
    return cell if emitted.cells.get(name) is cell else cell.cell_contents


def _equal(known: types.FunctionType, text: str, primal: Callable[..., Any], objects: dict[str, Any]) -> bool:
    before = _bound_to.get(known, {})
    return (
        known.source == text  # type: ignore[attr-defined]
        and known.primal is primal  # type: ignore[attr-defined]
        and before.keys() == objects.keys()
        and all(before[key] is objects[key] for key in objects)
    )


def _text(emitted: Emitted, binding: Binding) -> str:
    functions: list[gast.stmt] = [_reading(function, binding.attributes) for function in emitted.functions]
    if binding.cells:
        parameters = [gast.Name(name, gast.Param(), None, None) for name in binding.cells]
        result = gast.Return(gast.Name(emitted.main, gast.Load(), None, None))
        arguments = gast.arguments(parameters, [], None, [], [], None, [])
        functions = [gast.FunctionDef(f"make_{emitted.main}", arguments, [*functions, result], [], None, None, [])]
    return to_text(gast.Module([*binding.imports, *functions], []))


def _reading(function: gast.FunctionDef, attributes: dict[str, str]) -> gast.FunctionDef:
    """The function with each name of the user's data written as an attribute of its namespace."""
    if not any(node.id in attributes for node in free_reads(function)):
        return function
    function = copy.deepcopy(function)
    places = {id(node) for node in free_reads(function) if node.id in attributes}
    return _Reading(attributes, places).visit(function)


class _Reading(gast.NodeTransformer):
    def __init__(self, attributes: dict[str, str], places: set[int]) -> None:
        self.attributes = attributes
        self.places = places

    def visit_Name(self, node: gast.Name) -> gast.expr:
        if id(node) not in self.places:
            return self.generic_visit(node)
        owner = gast.Name(self.attributes[node.id], gast.Load(), None, None)
        return gast.copy_location(gast.Attribute(owner, node.id, gast.Load()), node)


def _execute(
    text: str,
    emitted: Emitted,
    binding: Binding,
    module: str,
    change: Callable[[ast.Module], dict[str, Any]] | None = None,
) -> types.FunctionType:
    main = emitted.main
    file = f"<sourcead {main} {hashlib.sha256(text.encode()).hexdigest()[:12]}>"
    tree = ast.parse(text, file)
    linecache.cache[file] = (len(text), None, annotated(file, text, emitted.functions, tree), file)
    imports: list[ast.stmt] = [
        statement for statement in tree.body if isinstance(statement, (ast.Import, ast.ImportFrom))
    ]
    tree.body = tree.body[len(imports) :]
    added = {} if change is None else change(tree)
    if imports:  # never run, but seen: Python compiles `np.sin(x)` otherwise where `np` is imported
        hidden = ast.If(ast.Constant(False), imports, [])
        tree.body.insert(0, ast.fix_missing_locations(ast.copy_location(hidden, imports[0])))
    namespace = {"__name__": module, "__builtins__": builtins, **binding.globals, **added}
    if not binding.cells:
        exec(compile(tree, file, "exec", dont_inherit=True), namespace)
        return namespace[main]
    factory = _factory_code(tree, file, tuple(binding.cells))
    closure = tuple(binding.cells[name] for name in factory.co_freevars)
    return types.FunctionType(factory, namespace, closure=closure)()


def _factory_code(tree: ast.Module, file: str, names: tuple[str, ...]) -> types.CodeType:
    """Code of the factory with its parameters as closure variables: called on the user's cells, it shares them."""
    factory = tree.body[-1]
    assert isinstance(factory, ast.FunctionDef), "internal error in module: the factory is not the last statement"
    parameters = factory.args
    factory.args = ast.arguments([], [], None, [], [], None, [])
    outer = ast.FunctionDef("outer", parameters, [factory], [], None, **_no_type_params())
    tree.body[-1] = ast.fix_missing_locations(ast.copy_location(outer, factory))
    code = compile(tree, file, "exec", dont_inherit=True)
    for _ in range(2):
        code = next(constant for constant in code.co_consts if isinstance(constant, types.CodeType))
    return code


def _no_type_params() -> dict[str, Any]:
    return {"type_params": []} if "type_params" in ast.FunctionDef._fields else {}
