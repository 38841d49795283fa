"""From emitted functions to the text of a complete module, and to living functions with that text.

The text runs on its own in a fresh interpreter. In this process nothing is imported or run a second time: the same
text is executed without its imports, on the very objects, namespaces and closure cells that the user's functions use.
"""

from __future__ import annotations

import ast
import builtins
import dataclasses
import functools
import hashlib
import inspect
import linecache
import types
import weakref
from collections.abc import Callable
from typing import Any

import gast
import numpy as np

from sourcead.backend.binding import Binding, Emitted, bind
from sourcead.backend.lines import annotated
from sourcead.backend.places import Place, places
from sourcead.backend.printing import to_text
from sourcead.backend.recipes import PACKAGE, living, module_name, remember
from sourcead.backend.scopes import free_reads
from sourcead.frontend import syntax

__all__ = ["Emitted", "assemble", "load"]

Change = Callable[[ast.Module, tuple[Place, ...]], dict[str, Any]]

_ON_GRAPH, _TENSORS, _TYPE, _ATOMS = "_sourcead_on_graph", "_sourcead_tensors", "_sourcead_type", "_sourcead_atoms"
USUAL = frozenset({np.ndarray, float, int, bool, complex, str, type(None), np.float64, np.float32})

_bound_to: weakref.WeakKeyDictionary[types.FunctionType, dict[str, Any]] = weakref.WeakKeyDictionary()
_made_of: weakref.WeakKeyDictionary[types.FunctionType, tuple[Emitted, Binding]] = weakref.WeakKeyDictionary()


_graph: dict[str, Any] = {}


def register_graph(call: Callable[..., Any], has_tensors: Callable[..., bool]) -> None:
    """Say how a function is called on Tensors, `call(function, *args, **kwargs)`, and whether a value holds any."""
    _graph.update({_ON_GRAPH: call, _TENSORS: has_tensors, _TYPE: type, _ATOMS: USUAL})


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
    _made_of[function] = dataclasses.replace(emitted, written=()), binding
    if _ON_GRAPH in function.__globals__:
        function.unwatched = functools.partial(_unwatched, weakref.ref(function))  # type: ignore[attr-defined]
    function.source = text  # type: ignore[attr-defined]
    function.primal = primal  # type: ignore[attr-defined]
    function.reading = emitted.reading  # type: ignore[attr-defined]
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

    `change` gets the tree of the text and the places of the statements in its functions; it may put statements in, and
    returns what new names stand for. Raises KeyError for a function that was not emitted.
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


def _reading(function: gast.FunctionDef, attributes: dict[str, tuple[str, str]]) -> gast.FunctionDef:
    """The function with each name of the user's data written as an attribute of its namespace."""
    places = {id(node) for node in free_reads(function) if node.id in attributes} if attributes else set()

    def there(name: gast.Name) -> gast.AST | None:
        if id(name) not in places:
            return None
        namespace, spelled = attributes[name.id]
        return syntax.attribute(syntax.load(namespace), spelled)

    return syntax.substitute(function, there) if places else function


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
    added: dict[str, Any] = {}
    if change is not None:
        added = change(tree)
    elif _graph and _watch_for_tensors(tree, main):
        added = _graph
    code = _compiled(tree, file, binding)
    namespace = {"__name__": module, "__builtins__": builtins, **binding.globals, **added}
    if not binding.cells:
        exec(code, namespace)
        return namespace[main]
    closure = tuple(binding.cells[name] for name in code.co_freevars)
    return types.FunctionType(code, namespace, closure=closure)()


def _compiled(tree: ast.Module, file: str, binding: Binding) -> types.CodeType:
    """Code of the module without its imports, or of its factory."""
    imports: list[ast.stmt] = [
        statement for statement in tree.body if isinstance(statement, (ast.Import, ast.ImportFrom))
    ]
    tree.body = [statement for statement in tree.body if statement not in imports]
    if imports:  # never run, but seen: Python compiles `np.sin(x)` otherwise where `np` is imported
        hidden = ast.If(ast.Constant(False), imports, [])
        tree.body.insert(0, ast.fix_missing_locations(ast.copy_location(hidden, imports[0])))
    if binding.cells:
        return _factory_code(tree, file, tuple(binding.cells))
    return compile(tree, file, "exec", dont_inherit=True)


def _watch_for_tensors(tree: ast.Module, main: str) -> bool:
    """Let the main function look for Tensors among its arguments first, and hand such a call over.

    The text says nothing of it: what runs on its own, on arrays, has no use for it. Gives whether there are arguments.
    """
    function = [node for node in _functions(tree.body) if node.name == main][-1]
    args, keywords = _passed_on(function.args)
    names = [value for value in [*args, *(k.value for k in keywords)] if isinstance(value, ast.Name)]
    names += [value.value for value in args if isinstance(value, ast.Starred)]  # type: ignore[misc]
    if not names:
        return False
    unusual: list[ast.expr] = [
        ast.Compare(ast.Call(_read(_TYPE), [name], []), [ast.NotIn()], [_read(_ATOMS)]) for name in names
    ]
    test = unusual[0] if len(unusual) == 1 else ast.BoolOp(ast.Or(), unusual)
    computed = _computed_with(function)
    operands = [name for name in names if name.id in computed]
    found = ast.Call(_read(_TENSORS), [ast.Tuple(list(given), ast.Load()) for given in (names, operands)], [])
    over = ast.Return(ast.Call(_read(_ON_GRAPH), [_read(main), *args], keywords))
    look = ast.If(ast.BoolOp(ast.And(), [test, found]), [over], [])
    place = 1 if ast.get_docstring(function) is not None else 0
    function.body.insert(place, ast.fix_missing_locations(ast.copy_location(look, function.body[place])))
    return True


def _computed_with(function: ast.FunctionDef) -> set[str]:
    """Names that stand at an operator other than `@`."""
    found: set[str] = set()
    waiting: list[Any] = [function]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.BinOp) and not isinstance(node.op, ast.MatMult):
            found |= {side.id for side in (node.left, node.right) if isinstance(side, ast.Name)}
        for name in node._fields:
            part = getattr(node, name, None)
            if isinstance(part, list):
                waiting += [each for each in part if isinstance(each, ast.AST)]
            elif isinstance(part, (ast.expr, ast.stmt)):
                waiting.append(part)
    return found


def _functions(body: list[ast.stmt]) -> list[ast.FunctionDef]:
    """The functions of a module, and those in its factory."""
    outer = [node for node in body if isinstance(node, ast.FunctionDef)]
    return [*outer, *[inner for node in outer for inner in node.body if isinstance(inner, ast.FunctionDef)]]


def _read(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _unwatched(reference: weakref.ref[types.FunctionType]) -> types.FunctionType:
    """The function that the text says, without the look for Tensors, on the same names."""
    function = reference()
    assert function is not None, "internal error in module: a function is gone while it is read"
    known = function.__dict__.get("_plain")
    if known is None:
        own = function.__code__
        binding = _made_of[function][1]
        code = _inside(_compiled(ast.parse(function.source), own.co_filename, binding), own)  # type: ignore[attr-defined]
        cells = dict(zip(own.co_freevars, function.__closure__ or ()))
        closure = tuple([cells[name] for name in code.co_freevars])
        known = types.FunctionType(code, function.__globals__, function.__name__, function.__defaults__, closure)
        known.__kwdefaults__ = function.__kwdefaults__
        known.reading = function.reading  # type: ignore[attr-defined]
        function._plain = known  # type: ignore[attr-defined]
    return known


def _inside(code: types.CodeType, like: types.CodeType) -> types.CodeType:
    """The code of the function with the name and first line of another code."""
    waiting = [code]
    while waiting:
        inner = waiting.pop()
        if (inner.co_name, inner.co_firstlineno) == (like.co_name, like.co_firstlineno):
            return inner
        waiting += [constant for constant in inner.co_consts if isinstance(constant, types.CodeType)]
    raise AssertionError(f"internal error in module: {like.co_name} is not in its own text")


def _passed_on(parameters: ast.arguments) -> tuple[list[ast.expr], list[ast.keyword]]:
    """The arguments of a function, as a call passes them on."""
    args: list[ast.expr] = [_read(p.arg) for p in [*parameters.posonlyargs, *parameters.args]]
    keywords = [ast.keyword(p.arg, _read(p.arg)) for p in parameters.kwonlyargs]
    if parameters.vararg is not None:
        args.append(ast.Starred(_read(parameters.vararg.arg), ast.Load()))
    if parameters.kwarg is not None:
        keywords.append(ast.keyword(None, _read(parameters.kwarg.arg)))
    return args, keywords


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
