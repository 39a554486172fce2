"""What the build makes obeys the content policy."""

from pathlib import Path

import pytest
from django.conf import settings

from tests.parts import refuse

BUILT = Path(settings.BASE_DIR) / "intranet" / "static" / "built"


@pytest.fixture
def sheet():
    path = BUILT / "main.css"
    if not path.exists():
        refuse("the front end is not built: python3 deploy/setup.py test")
    return path.read_text()


def test_styles_hold_no_data_and_no_address_from_elsewhere(sheet):
    assert "data:" not in sheet
    assert "://" not in sheet
    assert "@import" not in sheet


def test_the_script_cannot_evaluate_text(sheet):
    assert "eval(" not in (BUILT / "main.js").read_text()


def test_the_sprite_styles_itself_by_attributes_only(sheet):
    sprite = (BUILT / "icons.svg").read_text()
    assert "style" not in sprite
    assert "<script" not in sprite
