"""What stands on boards, in the reader's words."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

COLOURS = [
    ("yellow", gettext_lazy("Yellow")),
    ("orange", gettext_lazy("Orange")),
    ("pink", gettext_lazy("Pink")),
    ("violet", gettext_lazy("Violet")),
    ("blue", gettext_lazy("Blue")),
    ("green", gettext_lazy("Green")),
    ("grey", gettext_lazy("Grey")),
    ("white", gettext_lazy("White")),
]


def kind_words() -> Mapping[str, str]:
    """By kind of thing, what it is called; and the names of the colours of notes."""
    return {
        "frame": _("Frame"),
        "sticky": pgettext("on a board", "Note"),
        "rectangle": _("Rectangle"),
        "diamond": _("Diamond"),
        "ellipse": _("Ellipse"),
        "text": pgettext("on a board", "Text"),
        "arrow": _("Arrow"),
        "line": _("Line"),
        "drawing": _("Freehand drawing"),
        "image": _("Picture"),
        **{key: str(name) for key, name in COLOURS},
    }


def columns() -> list[str]:
    """The heading of the sheet."""
    return [
        _("Frame"),
        pgettext("on a board", "Kind"),
        pgettext("on a board", "Text"),
        _("Colour"),
        _("Link"),
        pgettext("of an arrow", "From"),
        pgettext("of an arrow", "To"),
    ]


def left_out_words(left_out: Mapping[str, int]) -> list[str]:
    """What was not taken out of a file, in sentences."""
    said = {
        "embeds": lambda n: ngettext(
            "%(n)s page of another site was left out: boards show none.",
            "%(n)s pages of other sites were left out: boards show none.",
            n,
        ),
        "unknown": lambda n: ngettext(
            "%(n)s element was left out: the portal does not know what it is.",
            "%(n)s elements were left out: the portal does not know what they are.",
            n,
        ),
        "broken": lambda n: ngettext(
            "%(n)s element was left out: it is damaged.", "%(n)s elements were left out: they are damaged.", n
        ),
        "pictures": lambda n: ngettext(
            "%(n)s picture was left out: it is missing, too large, or of a kind that cannot be shown.",
            "%(n)s pictures were left out: they are missing, too large, or of a kind that cannot be shown.",
            n,
        ),
        "links": lambda n: ngettext(
            "%(n)s link was removed: it leads neither to the web, nor to a mail, nor to the portal.",
            "%(n)s links were removed: they lead neither to the web, nor to a mail, nor to the portal.",
            n,
        ),
    }
    return [said[reason](count) % {"n": count} for reason, count in sorted(left_out.items()) if count]
