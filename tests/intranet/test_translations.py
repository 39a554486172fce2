"""Both languages, everywhere: nothing untranslated, nothing forgotten, French that looks like Québec's."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.utils.translation import override

from tests.parts import require_program

ROOT = Path(settings.BASE_DIR)
APPS = [
    path.parent
    for base in (
        ROOT / "foundation",
        ROOT / "directory",
        ROOT / "publications",
        ROOT / "communities",
        ROOT / "whiteboards",
        ROOT / "applications",
        ROOT / "intranet",
    )
    for path in [*base.glob("locale"), *base.glob("*/locale")]
]
CATALOGUES = [app / "locale" / "fr" / "LC_MESSAGES" / "django.po" for app in APPS]


def _entries(text: str) -> list[tuple[str, list[str], bool]]:
    """(msgid, translations, is fuzzy) of a catalogue, its header left out."""
    found = []
    for block in re.split(r"\n\s*\n", text):
        lines = [line for line in block.splitlines() if not line.startswith("#~")]
        body = "\n".join(line for line in lines if not line.startswith("#"))
        joined = re.sub(r'"\n"', "", body)
        msgid = re.search(r'^msgid "(.*)"$', joined, re.M)
        if msgid and msgid[1]:
            texts = re.findall(r'^msgstr(?:\[\d\])? "(.*)"$', joined, re.M)
            found.append((msgid[1], texts, any(line.startswith("#,") and "fuzzy" in line for line in lines)))
    return found


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_is_untranslated_or_fuzzy(catalogue: Path) -> None:
    entries = _entries(catalogue.read_text())
    assert entries
    assert [msgid for msgid, texts, is_fuzzy in entries if is_fuzzy or not texts or not all(texts)] == []


@pytest.mark.parametrize("catalogue", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_french_typography(catalogue: Path) -> None:
    wrong = []
    for _msgid, texts, _fuzzy in _entries(catalogue.read_text()):
        for text in texts:
            has_wide_colon = re.search(r"[^\s\u00a0\u202f:/]:(?:\s|$)| :", text)
            has_english_quotes = "“" in text or "”" in text
            has_loose_guillemets = re.search(r"«(?![\u00a0\u202f])|(?<![\u00a0\u202f])»", text)
            has_straight_apostrophe = re.search(r"\w'(?=[\w«%<{])", text)
            if has_wide_colon or has_english_quotes or has_loose_guillemets or has_straight_apostrophe:
                wrong.append(text)
    assert wrong == []


@pytest.mark.parametrize("app", APPS, ids=lambda path: path.parent.name + "/" + path.name)
def test_the_catalogue_knows_every_word_of_its_app(app: Path, tmp_path: Path) -> None:
    """Collecting the words again adds none: a new text comes with its French in the same change."""
    require_program("xgettext", "gettext")
    copy = tmp_path / app.name
    shutil.copytree(app, copy, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    # The apps inside this one have catalogues of their own.
    for inner in copy.glob("*/locale"):
        shutil.rmtree(inner.parent)
    command = ["makemessages", "-l", "fr", "--no-location", "--no-obsolete", "-v", "0"]
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run([sys.executable, "-m", "django", *command], cwd=copy, env=env, check=True, capture_output=True)
    collected = {msgid for msgid, _texts, _fuzzy in _entries((copy / "locale/fr/LC_MESSAGES/django.po").read_text())}
    known = {msgid for msgid, _texts, _fuzzy in _entries((app / "locale/fr/LC_MESSAGES/django.po").read_text())}
    assert collected - known == set()


def test_every_app_with_words_has_a_catalogue() -> None:
    speaks = re.compile(r"gettext|\{% (?:block)?trans")
    silent = []
    for app in [
        *(ROOT / "foundation").iterdir(),
        *(ROOT / name for name in ("directory", "communities", "whiteboards", "applications")),
    ]:
        sources = [*app.rglob("*.py"), *app.rglob("*.html")] if app.is_dir() else []
        if any(speaks.search(path.read_text()) for path in sources) and app not in APPS:
            silent.append(app.name)
    assert silent == []


TEMPLATES = sorted(
    str(path.relative_to(folder))
    for base in (
        ROOT / "foundation",
        ROOT / "directory",
        ROOT / "communities",
        ROOT / "whiteboards",
        ROOT / "applications",
        ROOT / "intranet",
    )
    for folder in base.rglob("templates")
    for path in folder.rglob("*.html")
)


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_template_compiles_in_both_languages(name: str, language: str) -> None:
    with override(language):
        get_template(name)


# The developers' gallery shows sample texts, which are not the product's.
@pytest.mark.parametrize("name", [name for name in TEMPLATES if "/gallery/" not in name])
def test_no_bare_words_in_templates(name: str) -> None:
    """Text between tags goes through translation: what is left once tags are taken out has no letters."""
    source = Path(get_template(name).origin.name).read_text()
    bare = re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", source, flags=re.S)
    bare = re.sub(r"\{% blocktrans.*?endblocktrans\w* %\}", "", bare, flags=re.S)
    bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", bare, flags=re.S)
    bare = re.sub(r"<!--.*?-->", "", bare, flags=re.S)
    bare = re.sub(r'="[^"]*"', "", bare)
    tokens = re.sub(r"<[^>]*>", " ", bare).replace("&nbsp;", " ").split()
    # Class names and addresses are not words; each language is named in itself.
    code = re.compile(r"[a-z]+([-_]+[a-z]+)+|/[a-z/0-9]+")
    words = [one for one in tokens if not code.fullmatch(one) and one not in ("English", "Français", "EnglishFrançais")]
    assert [one for one in words if re.search(r"[A-Za-zÀ-ÿ]{3,}", one)] == []
