"""Forms about links to Notes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.ui.notes_links import LONGEST_TEXT, NotesLinkError, parse_file, parse_link

from ..notes_sheets import CHARACTERS_MOST, SheetError, decoded, read_sheet


class LinkForm(forms.Form):
    """A link to read: pasted, or a file. `link` holds it afterwards."""

    mark_optional = False

    text = forms.CharField(
        label=_("Link"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("An address that begins with notes://, that of a Domino server, or what Notes copies as a link."),
    )
    file = forms.FileField(label=_("Or an .ndl file"), required=False, allow_empty_file=True)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        text, file = values.get("text", ""), values.get("file")
        name = "file" if file and not text else "text"
        if self.errors:
            return values
        try:
            self.link = parse_file(file.read(LONGEST_TEXT + 1)) if name == "file" else parse_link(text)
        except NotesLinkError as error:
            raise ValidationError({name: str(error)}) from error
        return values


class PlaceForm(forms.Form):
    """Where a document of Notes, or a database, is now. The action judges."""

    link = forms.CharField(
        label=_("Link to Notes"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("Of the document; or of the database, for everything in it that has no new place of its own."),
        error_messages={"required": _("Paste a link to Notes.")},
    )
    address = forms.CharField(
        label=_("Address of its new place"),
        max_length=500,
        widget=forms.TextInput(attrs={"spellcheck": "false", "inputmode": "url"}),
        help_text=_("Copied from the portal: of a page, a discussion, a notice, an application or a community."),
        error_messages={"required": _("Give the address of its new place.")},
    )

    def clean_link(self) -> Any:
        try:
            link = parse_link(self.cleaned_data["link"])
        except NotesLinkError as error:
            raise ValidationError(str(error)) from error
        if not link.replica:
            raise ValidationError(_("This link has no replica ID."))
        return link


class SheetForm(forms.Form):
    """A sheet of new places: pasted, or a file. `lines` holds what it says afterwards."""

    mark_optional = False

    file = forms.FileField(label=_("Sheet of values (CSV)"), required=False, allow_empty_file=True)
    text = forms.CharField(
        label=_("Or its lines"),
        max_length=CHARACTERS_MOST,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text=pgettext_lazy(
            "sheet", "One thing a line: its replica ID, its document (empty: the whole database), its new address."
        ),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        file = values.get("file")
        if self.errors:
            return values
        try:
            text = decoded(file.read(CHARACTERS_MOST + 1)) if file else values.get("text", "")
            self.lines = read_sheet(text)
        except SheetError as error:
            raise ValidationError({"file" if file else "text": str(error)}) from error
        return {**values, "text": text}
