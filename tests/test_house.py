"""The house: what docs/architecture.md says of files, names and layers, counted in the source."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in (ROOT / "papertrack").rglob("*.py")
}
TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in MODULES.items()}

LARGEST = 700
SMALL = 60
SMALL_ON_PURPOSE = {
    "papertrack.__main__": "the door of the program: it answers a shell before it loads the rest",
    "papertrack.cli.init": "a command of its own: nothing else begins a config",
}
LENDS_ON = {
    "papertrack.cli": "papertrack.cli.main is what others may call",
    "papertrack.net.http": "httpx is imported there, without its command line, and nowhere else",
}
PROTOCOLS = {
    "RequestSlots": "net does not know storage, where the slots for requests to arXiv are stored",
    "Finished": "what fetch calls with each report, as a function with named arguments",
    "_Downloader": "one of several ways to look a work up, as a function with named arguments",
}


def _imports(name: str) -> set[str]:
    """Our modules that a module imports, wherever the import stands."""
    found = set()
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.ImportFrom) and node.module:
            for one in node.names:
                whole = f"{node.module}.{one.name}"
                found.add(whole if whole in MODULES else node.module)
        elif isinstance(node, ast.Import):
            found.update(one.name for one in node.names)
    return (found & MODULES.keys()) - {name}


def _importers() -> dict[str, set[str]]:
    by: dict[str, set[str]] = defaultdict(set)
    for name in MODULES:
        for other in _imports(name):
            by[other].add(name)
    return by


def _lines(name: str) -> int:
    return len(MODULES[name].read_text("utf-8").splitlines())


def test_no_chapter_is_longer_than_one_sitting() -> None:
    assert {name: _lines(name) for name in MODULES if _lines(name) > LARGEST} == {}


def test_a_small_module_has_several_that_need_it() -> None:
    importers = _importers()
    small = {
        name
        for name, path in MODULES.items()
        if path.name != "__init__.py" and _lines(name) < SMALL and len(importers[name]) < 2
    }

    assert small == SMALL_ON_PURPOSE.keys() & small
    assert SMALL_ON_PURPOSE.keys() - MODULES.keys() == set()


def test_a_class_name_stands_for_one_class() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(name)

    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_every_name_is_imported_from_where_it_is_defined() -> None:
    lent_on = []
    for name, tree in TREES.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or node.module not in TREES:
                continue
            defined = _defined(TREES[node.module])
            lent_on += [
                f"{name}: {node.module}.{one.name}"
                for one in node.names
                if f"{node.module}.{one.name}" not in MODULES
                and one.name not in defined
                and node.module not in LENDS_ON
            ]

    assert lent_on == []


def _defined(tree: ast.Module) -> set[str]:
    names = set()
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {
                one.id
                for target in targets
                for one in ast.walk(target)
                if isinstance(one, ast.Name)
            }
    return names


def test_a_protocol_has_more_than_one_implementation() -> None:
    protocols = {
        node.name
        for tree in TREES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and any("Protocol" in ast.unparse(base) for base in node.bases)
    }

    assert protocols == PROTOCOLS.keys()


def test_use_cases_do_not_know_the_screen() -> None:
    assert {
        name
        for name in MODULES
        if name.startswith("papertrack.commands")
        and any(one.startswith("papertrack.ui") for one in _imports(name))
    } == set()
