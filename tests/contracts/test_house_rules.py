"""The house rules, read from the source by AST: one door to read, one door to write, one announcement.

Each rule is shown to catch a planted breach.
"""

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APPS = ["foundation", "directory", "publications", "communities", "whiteboards", "applications", "intranet"]
# What a queryset may begin with in a view, room or API: each applies the person's own limits.
DOORS = {
    "visible_to",
    "trashed_for",
    "readable_by",
    "of_writer",
    "editable_by",
    "waiting_for",
    "years",
    "of_member",
    "newest_for",
    "feed_of",
    "unread_for",
    "is_followed",
    "people_count",
    "counts",
    "unread_count",
    "of",
    "tally",
    # One board for its room, by `visible_row`: the rule's own contract asks it too (test_rule.py).
    "of_room",
}
WRITES = {"save", "create", "delete", "bulk_create", "get_or_create", "update_or_create", "bulk_update"}
ANNOUNCERS = {"actions.py", "activities.py", "tasks.py", "receivers.py"}


def _sources(*names: str) -> Iterator[Path]:
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            parts = path.relative_to(ROOT).parts
            if "migrations" in parts or "demo" in parts:
                continue
            if not names or path.name in names or (len(parts) > 1 and f"{path.parent.name}.py" in names):
                yield path


def _chain(node: ast.AST) -> list[str]:
    """The names of an attribute chain, calls left out: `A.objects.filter(x).visible_to(p)` from the left."""
    names: list[str] = []
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            names.append(node.attr)
            node = node.value
        elif isinstance(node, ast.Name):
            names.append(node.id)
            return names[::-1]
        else:
            return names[::-1]


def unscoped_reads(tree: ast.AST) -> list[int]:
    """Lines where a view reads `X.objects` without a door in the same expression."""
    inner: set[int] = set()
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Call) and id(node) not in inner:
            child: ast.AST = node
            while isinstance(child, ast.Attribute | ast.Call):
                child = child.func if isinstance(child, ast.Call) else child.value
                inner.add(id(child))
            names = _chain(node)
            if "objects" in names and not DOORS & set(names):
                found.append(node.lineno)
    return found


def writes(tree: ast.AST) -> list[int]:
    """Lines that write to the database directly."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    return [node.lineno for node in calls if node.func.attr in WRITES]


def announcements(tree: ast.AST) -> list[int]:
    """Lines that announce."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            names = _chain(node)
            if names in (["record"], ["push"], ["actions", "record"], ["actions", "push"], ["happened", "send"]):
                found.append(node.lineno)
    return found


VIEWS = ("views.py", "api.py", "rooms.py", "consumers.py")


@pytest.mark.parametrize("path", list(_sources(*VIEWS)), ids=lambda path: str(path.relative_to(ROOT)))
def test_views_read_through_visible_to_and_write_through_actions(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert unscoped_reads(tree) == []
    assert writes(tree) == []


@pytest.mark.parametrize("path", list(_sources()), ids=lambda path: str(path.relative_to(ROOT)))
def test_only_actions_activities_and_tasks_announce(path: Path) -> None:
    if path.name not in ANNOUNCERS and path.parent.name not in ("actions", "activities"):
        assert announcements(ast.parse(path.read_text())) == []


def _public_actions() -> Iterator[tuple[Path, ast.FunctionDef]]:
    for path in _sources("actions.py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield path, node


@pytest.mark.parametrize(("path", "action"), list(_public_actions()), ids=lambda one: getattr(one, "name", ""))
def test_actions_take_no_request_and_their_actor_by_name(path: Path, action: ast.FunctionDef) -> None:
    positional = [one.arg for one in [*action.args.posonlyargs, *action.args.args]]
    assert "request" not in positional + [one.arg for one in action.args.kwonlyargs]
    assert "actor" not in positional, f"{path.name}:{action.lineno}: actor is keyword-only"
    assert ast.get_docstring(action), f"{path.name}:{action.lineno} has no docstring"


def test_every_module_says_what_belongs_there() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in _sources()
        if path.name not in {"__init__.py", "apps.py", "urls.py"} and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_no_file_past_400_lines() -> None:
    long = [str(path.relative_to(ROOT)) for path in _sources() if len(path.read_text().splitlines()) > 400]
    assert long == []


def test_planted_breaches_are_caught() -> None:
    assert unscoped_reads(ast.parse("def v(r):\n    return Topic.objects.filter(space=1).first()"))
    assert unscoped_reads(ast.parse("def v(r):\n    return get_object_or_404(Topic.objects, pk=1)"))
    assert not unscoped_reads(ast.parse("def v(r):\n    return Topic.objects.in_space(s).visible_to(r.user)[:2]"))
    assert writes(ast.parse("def v(r):\n    topic.save()"))
    assert writes(ast.parse("def v(r):\n    Topic.objects.create(title='x')"))
    assert announcements(ast.parse("def v(r):\n    record(VERB, topic, actor=r.user)"))
    assert announcements(ast.parse("def v(r):\n    happened.send(Space, verb='x')"))


# Who may import what from outside (intranet/settings.py and the entry points asgi.py excepted).
IMPORTERS = {
    "wagtail": lambda parts: parts[0] == "publications",
    "haystack": lambda parts: parts[:2] == ("foundation", "search") or "search_indexes" in parts[-1],
    "channels": lambda parts: parts[:2] == ("foundation", "realtime") or parts[-1] == "rooms.py",
    "ldap": lambda parts: parts[0] == "directory",
    "oauth2_provider": lambda parts: parts[0] == "applications",
    "oauthlib": lambda parts: parts[0] == "applications",
    "django_auth_ldap": lambda parts: parts[0] == "directory",
}
# Django itself asks for these inside functions: a registry that must be full, a class that must not be loaded yet.
LOADS_LATE = {"ready", "get_session_store_class"}


def imports(tree: ast.AST) -> set[str]:
    """The top-level names a module imports from outside."""
    found = {
        one.name.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names
    }
    outside = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level and node.module)
    return found | {node.module.partition(".")[0] for node in outside if node.module}


def imports_inside_functions(tree: ast.AST) -> list[int]:
    """Lines of imports hidden in functions."""
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return [
        node.lineno
        for function in functions
        if function.name not in LOADS_LATE
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


@pytest.mark.parametrize("path", list(_sources()), ids=lambda path: str(path.relative_to(ROOT)))
def test_each_library_has_its_room(path: Path) -> None:
    parts = path.relative_to(ROOT).parts
    if parts in {("intranet", "settings.py"), ("intranet", "asgi.py")}:
        return
    tree = ast.parse(path.read_text())
    strangers = {one for one in imports(tree) & set(IMPORTERS) if not IMPORTERS[one](parts)}
    assert strangers == set()
    assert imports_inside_functions(tree) == []


def test_planted_imports_are_caught() -> None:
    assert imports(ast.parse("from haystack import indexes")) & set(IMPORTERS)
    assert not IMPORTERS["haystack"](("communities", "views.py"))
    assert not IMPORTERS["ldap"](("foundation", "content", "actions.py"))
    assert imports_inside_functions(ast.parse("def f():\n    from intranet import x"))


def test_a_planted_arrow_the_wrong_way_is_caught(tmp_path: Path) -> None:
    """The very contracts of pyproject.toml, on a copy where the floor imports an app."""
    for name in [*APPS, "tests"]:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("static", "__pycache__", "texts"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    clean = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert clean.returncode == 0, clean.stdout
    planted = tmp_path / "foundation" / "content" / "actions.py"
    planted.write_text(planted.read_text() + "\nfrom communities.models import Topic  # planted\n")
    caught = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert caught.returncode != 0 and "foundation.content.actions -> communities.models" in caught.stdout
