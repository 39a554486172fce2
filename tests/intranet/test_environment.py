"""The environment: `.env.example` names every variable the settings read, and production stops without its secrets."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from deploy.check_production import check, production_environment

ROOT = Path(settings.BASE_DIR)
SOURCES = ("intranet/settings.py", "directory/ldap_settings.py", "applications/mailbox_settings.py")
READERS = {"env", "_env"}
REQUIRING = {"required_in_production", "_required"}
# Functions of the settings that take the name of a variable.
NAMING = REQUIRING | {"_value"}
# `NAME=value` at the start of a line, or the same commented out.
NAMED = re.compile(r"#?([A-Z][A-Z0-9_]*)=")


def calls(source: str) -> Iterator[tuple[str, str]]:
    """The function and the variable's name of each call that reads the environment by a literal name."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        function, name = node.func, node.args[0]
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            reads = function.value.id in READERS
            called = function.attr
        else:
            called = function.id if isinstance(function, ast.Name) else ""
            reads = called in NAMING
        if reads and isinstance(name, ast.Constant) and isinstance(name.value, str):
            yield called, name.value


def read_by_settings() -> set[str]:
    return {name for path in SOURCES for _function, name in calls((ROOT / path).read_text())}


def required() -> list[str]:
    found = {name for path in SOURCES for function, name in calls((ROOT / path).read_text()) if function in REQUIRING}
    return sorted(found)


def named_in_example() -> list[str]:
    return [match[1] for line in (ROOT / ".env.example").read_text().splitlines() if (match := NAMED.match(line))]


def test_the_reading_of_sources_sees_every_form() -> None:
    source = 'env.str("A", default="")\nrequired_in_production("B")\n_env.dict("C")\n_value("D", "x")\nother("E")'
    assert [name for _function, name in calls(source)] == ["A", "B", "C", "D"]


def test_no_settings_read_the_environment_behind_the_list() -> None:
    """Whatever reads `os.environ` in the settings would escape the list."""
    for path in SOURCES:
        assert "os.environ" not in (ROOT / path).read_text()


def test_the_example_names_every_variable_once_and_no_other() -> None:
    named = named_in_example()
    assert len(named) == len(set(named))
    assert set(named) == read_by_settings()


def test_the_example_sets_nothing() -> None:
    """Copied as it is, it changes nothing: every value in it is commented out."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []


def test_every_variable_of_the_example_is_explained() -> None:
    """A comment right above it, or above the variables it stands with."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    for number, line in enumerate(lines):
        if NAMED.match(line) and not line.startswith(("#BRAND_NAME", "#CITY_NAME")):
            above = lines[number - 1]
            assert above.startswith("#") and not above.startswith("# --"), line


def test_production_is_clean_when_everything_is_set(tmp_path: Path) -> None:
    done = check(production_environment(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_production_requires() -> None:
    assert required() == ["LDAP_BIND_PASSWORD", "LDAP_URI", "SECRET_KEY", "SITE_URL"]


@pytest.mark.parametrize("name", required())
@pytest.mark.parametrize("given", [None, ""], ids=["missing", "empty"])
def test_production_does_not_start_without(name: str, given: str | None, tmp_path: Path) -> None:
    environment = production_environment(tmp_path)
    del environment[name]
    if given is not None:
        environment[name] = given
    done = check(environment)
    assert done.returncode != 0
    assert f"{name} must be set when PARVIS_ENVIRONMENT is production" in done.stderr


def test_production_refuses_an_unencrypted_directory(tmp_path: Path) -> None:
    environment = production_environment(tmp_path)
    done = check({**environment, "LDAP_URI": "ldap://annuaire.ville.example", "LDAP_START_TLS": "no"})
    assert done.returncode != 0
    assert "LDAP_START_TLS" in done.stderr


def test_production_ignores_debug(tmp_path: Path) -> None:
    done = check({**production_environment(tmp_path), "DEBUG": "yes"})
    assert done.returncode == 0, done.stderr


def test_a_weak_secret_is_a_warning_and_a_warning_fails(tmp_path: Path) -> None:
    """Otherwise the clean check above would prove nothing."""
    done = check({**production_environment(tmp_path), "SECRET_KEY": "court"})
    assert done.returncode != 0
    assert "security.W009" in done.stderr
