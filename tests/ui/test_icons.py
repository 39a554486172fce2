"""Every icon a page or a menu names is in the sprite."""

import json
import re
from pathlib import Path

from django.conf import settings

from foundation.ui.navigation import items

NAMES = set(json.loads((Path(settings.BASE_DIR) / "frontend" / "icons.json").read_text()))
NAMED = re.compile(r"""{%\s*icon\s+"([^"]+)"|\bsymbol="([^"]+)\"""")
SKIPPED = {".venv", "node_modules", ".git", "var"}


def templates():
    for folder in Path(settings.BASE_DIR).iterdir():
        if folder.is_dir() and folder.name not in SKIPPED:
            yield from (path for path in folder.rglob("*.html") if not SKIPPED & set(path.parts))


def test_icons_named_in_templates_exist():
    missing = {
        f"{path.relative_to(settings.BASE_DIR)}: {name}"
        for path in templates()
        for found in NAMED.findall(path.read_text())
        for name in found
        if name and name not in NAMES
    }
    assert not missing


def test_icons_of_the_menu_exist():
    assert {item.icon for item in items()} <= NAMES
