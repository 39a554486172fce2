"""Forms of boards."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .models import NAME_MAX
from .querysets import spaces_to_draw_in
from .scenes.making import STICKIES
from .starting import BLANK, TEMPLATES
from .words import COLOURS

LANGUAGES = [("fr", "Français"), ("en", "English")]
_TITLE = {"required": _("Give the board a title.")}


class SpaceField(forms.ChoiceField):
    """One's own space (empty), or one of the spaces where one contributes."""

    def fill(self, person: Any) -> None:
        """The spaces of `person`. SECURITY: others are no choice, and the action asks its rule again."""
        spaces = [(one.slug, one.name) for one in spaces_to_draw_in(person)]
        self.choices = [("", _("My space: seen by me, and by whom I share it with")), *spaces]


class NewBoardForm(forms.Form):
    """Make a board."""

    mark_optional = False

    title = forms.CharField(label=_("Title"), max_length=250, error_messages=_TITLE)
    template = forms.ChoiceField(
        label=_("Begin with"),
        choices=[(one.key, one.name) for one in TEMPLATES],
        initial=BLANK,
        widget=forms.RadioSelect,
        required=False,
    )
    space = SpaceField(label=_("Where it lives"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    file = forms.FileField(
        label=_("Excalidraw file"),
        required=False,
        help_text=_("A .excalidraw file from elsewhere; it is put on the new board."),
    )
    sending_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64, initial=lambda: uuid4().hex)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["space"].fill(person)  # type: ignore[attr-defined]

    def clean_template(self) -> str:
        return self.cleaned_data["template"] or BLANK


class BoardForm(forms.Form):
    """Rename a board."""

    title = forms.CharField(label=_("Title"), max_length=250, error_messages=_TITLE)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)


class MoveForm(forms.Form):
    """Take a board to another space."""

    mark_optional = False

    space = SpaceField(label=_("Where it lives"), required=False)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["space"].fill(person)  # type: ignore[attr-defined]


class DuplicateForm(MoveForm):
    """Make another board out of one."""

    title = forms.CharField(label=_("Title"), max_length=250, error_messages=_TITLE)
    field_order = ["title", "space"]


class VersionForm(forms.Form):
    """Name the board as it is now."""

    name = forms.CharField(
        label=_("Name of this version"),
        max_length=NAME_MAX,
        error_messages={"required": _("Give this version a name.")},
    )


class NotesForm(forms.Form):
    """Notes out of a list."""

    texts = forms.CharField(
        label=_("One note on each line"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=60_000,
        error_messages={"required": _("Write at least one line.")},
    )
    colour = forms.ChoiceField(
        label=_("Colour"),
        choices=COLOURS,
        initial="yellow",
    )

    def clean_colour(self) -> str:
        return STICKIES[self.cleaned_data["colour"]]


class FileForm(forms.Form):
    """A file of Excalidraw."""

    file = forms.FileField(
        label=pgettext_lazy("of Excalidraw", "File"), error_messages={"required": _("Choose a file.")}
    )
