"""What a new board begins with: templates drawn by us, in the language of the board."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from ..scenes.cleaning import Element
from ..scenes.making import Sheet
from . import meetings, plans, workshops

BLANK = "blank"


@dataclass(frozen=True)
class Template:
    """One template: its key in addresses, its name, when it serves, and how it is drawn."""

    key: str
    name: str | Promise
    about: str | Promise
    draw: Callable[[Sheet], None]


def _nothing(_sheet: Sheet) -> None:
    """An empty board."""


TEMPLATES = (
    Template(BLANK, _("Blank board"), _("All the room, and nothing on it."), _nothing),
    Template(
        "retrospective",
        _("Retrospective"),
        _("What went well, what could be better, what we will try."),
        workshops.retrospective,
    ),
    Template("swot", _("SWOT"), _("Strengths, weaknesses, opportunities and threats."), workshops.swot),
    Template("process", _("Process"), _("Who does what, step by step, from request to answer."), plans.process),
    Template("site-plan", _("Site plan"), _("A street corner seen from above, to be moved about."), plans.site_plan),
    Template("agenda", _("Meeting agenda"), _("Subjects and times, decisions, follow-up."), meetings.agenda),
)
BY_KEY = {one.key: one for one in TEMPLATES}


def elements_of(template: Template, language: str, *, chance: random.Random, now: int) -> list[Element]:
    """What the template puts on a board, in `language`. `now` in milliseconds."""
    sheet = Sheet(chance, now)
    with override(language):
        template.draw(sheet)
    return sheet.elements
