"""An entry of the register: one form in sections, what every application has first."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from directory.forms.audiences import AudienceField, AudienceForm
from directory.forms.fields import PersonField
from foundation.spaces.models import Space

from ..models import Application, Door, Entry, Stage
from .moments import day, moment

TEXT_MOST = 4000
# Signs of editors and lists: nothing one would know a tool by.
_NO_TOOLS = ("arrow", "chevron", "sort-", "zoom-", "h-2", "h-3", "bold", "italic", "strikethrough", "dots", "grip")
# -- NOTES LINKS: the one place where a pasted link is read. To become `notes_links.parse_link(text).to_url()`.
_NOTES = re.compile(r"\Anotes://[A-Za-z0-9._~%@:-]{0,200}(?:/[A-Za-z0-9._~%@:?&=/-]{0,250})?\Z")


def canonical_notes_link(text: str) -> str:
    """The canonical `notes://` address of a pasted link. Raises ValueError with a sentence."""
    if not _NOTES.match(text):
        raise ValueError(_now("This is no Notes link: it begins with notes://."))
    return text


# -- end of Notes links


@cache
def icons() -> tuple[str, ...]:
    """The icons of the sprite that may stand for a tool."""
    names = json.loads((settings.BASE_DIR / "frontend" / "icons.json").read_text())
    return tuple(one for one in names if not one.startswith(_NO_TOOLS))


class IconInput(forms.RadioSelect):
    """Every icon as it is drawn."""

    template_name = "applications/register/icon_input.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        return {**context, "is_wrong": "aria-invalid" in context["widget"]["attrs"]}


class RegisterField(forms.ModelChoiceField):
    """One register, by its name."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


@dataclass(frozen=True)
class Section:
    """Some fields of the form under one title."""

    key: str
    title: str | Promise
    fields: list[BoundField]
    note: str | Promise = ""


def _text(label: Any, language: str = "", **options: Any) -> forms.CharField:
    attrs = {"rows": 3, **({"lang": "en"} if language == "en" else {})}
    return forms.CharField(
        label=label, max_length=TEXT_MOST, required=False, widget=forms.Textarea(attrs=attrs), **options
    )


def _address(label: Any, **options: Any) -> forms.CharField:
    widget = forms.URLInput(attrs={"placeholder": "https://", "spellcheck": "false"})
    return forms.CharField(label=label, max_length=500, required=False, widget=widget, **options)


class ApplicationForm(AudienceForm):
    """An application as the register knows it. `spaces`: where a new one may be; `application`: the one changed."""

    mark_optional = False

    space = RegisterField(label=_("Register"), queryset=Space.objects.none())
    title_fr = forms.CharField(
        label=_("Name in French"), max_length=250, error_messages={"required": _("Give it a name in French.")}
    )
    title_en = forms.CharField(
        label=_("Name in English"),
        max_length=250,
        widget=forms.TextInput(attrs={"lang": "en"}),
        error_messages={"required": _("Give it a name in English: the register is in both languages.")},
    )
    description_fr = _text(_("What it does, in French"), help_text=_("One sentence that a newcomer understands."))
    description_en = _text(_("What it does, in English"), "en")
    category = forms.ChoiceField(label=_("Category"), choices=Application.Category)
    icon = forms.ChoiceField(label=_("Icon"), choices=[], widget=IconInput, initial="apps")

    opens_with = forms.ChoiceField(
        label=_("Its tile opens"), choices=Door, widget=forms.RadioSelect, initial=Door.WEB.value
    )
    address = _address(_("Web address"))
    notes_link = forms.CharField(
        label=_("Notes link"),
        max_length=20000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=_("Paste what Notes gives with “Copy as link”, or the address of the Domino server."),
    )
    desktop_address = forms.CharField(
        label=_("Address of the program"),
        max_length=440,
        required=False,
        widget=forms.TextInput(attrs={"spellcheck": "false", "placeholder": "sap-gui:…"}),
        help_text=_("What the browser hands to the program on the computer."),
    )
    phone = forms.CharField(
        label=_("Telephone"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )

    help_fr = _text(_("Help, in French"), help_text=_("What people ask most, in a few lines."))
    help_en = _text(_("Help, in English"), "en")
    help_address = _address(_("Address of its help"))
    support_name = forms.CharField(label=_("Name of support"), max_length=120, required=False)
    support_email = forms.CharField(
        label=_("E-mail address of support"), max_length=254, required=False, widget=forms.EmailInput
    )
    support_phone = forms.CharField(
        label=_("Telephone of support"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )

    audience = AudienceField(
        label=_("Who sees it"), required=False, help_text=_("Nothing chosen: everyone who reads the register.")
    )
    entry = forms.ChoiceField(label=_("Access"), choices=Entry, widget=forms.RadioSelect, initial=Entry.OPEN.value)
    approver = PersonField(
        label=_("Who answers requests for access"), required=False, help_text=_("Left empty: the owner.")
    )
    manager_first = forms.BooleanField(label=_("The manager of whoever asks agrees first"), required=False)
    owner = PersonField(
        label=_("Owner"), required=False, help_text=_("Answers for what the register says. Left empty: you.")
    )
    review_due = day(label=_("To be reviewed on"), required=False)
    order = forms.IntegerField(
        label=_("Place among the others"),
        min_value=0,
        max_value=30000,
        initial=100,
        required=False,
        help_text=_("The smallest come first; the same number: by name."),
    )

    stage = forms.ChoiceField(
        label=_("Where it is in its life"),
        choices=[(one.value, one.label) for one in (Stage.ANNOUNCED, Stage.PILOT, Stage.IN_SERVICE)],
        widget=forms.RadioSelect,
        initial=Stage.ANNOUNCED.value,
        help_text=_("Put in service, it is announced to those who see it."),
    )
    service_from = moment(
        label=_("In service from"), required=False, help_text=_("For one that is announced; it can stay empty.")
    )
    based_on = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    sending_key = forms.UUIDField(required=False, widget=forms.HiddenInput, initial=uuid4)

    def __init__(
        self, *args: Any, author: Any, spaces: Any = None, application: Application | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, author=author, **kwargs)
        fields: Any = self.fields
        names = icons()
        shown = application.icon if application else ""
        fields["icon"].choices = [(one, one) for one in (names if not shown or shown in names else (shown, *names))]
        for name in ("approver", "owner"):
            fields[name].reader = author
        if application is not None:
            for name in ("space", "stage", "service_from", "sending_key"):
                del fields[name]
        else:
            del fields["based_on"]
            fields["space"].queryset = spaces
            if len(spaces) == 1:
                fields["space"].widget = forms.HiddenInput()
                fields["space"].initial = spaces[0]

    @property
    def sections(self) -> Iterator[Section]:
        """The fields as the page shows them."""
        for key, title, names, note in _SECTIONS:
            found = [self[name] for name in names if name in self.fields and not self[name].is_hidden]
            if found:
                yield Section(key, title, found, note)

    def clean_notes_link(self) -> str:
        text = self.cleaned_data["notes_link"].strip()
        if not text:
            return ""
        try:
            return canonical_notes_link(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def clean_order(self) -> int:
        found = self.cleaned_data["order"]
        return 100 if found is None else found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("service_from") and data.get("stage") not in (None, Stage.ANNOUNCED.value):
            self.add_error("service_from", _("Only for one that is announced: leave it empty."))
        return data

    def values(self) -> dict[str, Any]:
        """What the actions take, but for audience and space."""
        data = self.cleaned_data
        left = {"space", "audience", "title_fr", "title_en", "based_on", "sending_key"}
        values = {name: value for name, value in data.items() if name not in left}
        values["owner"] = data["owner"] or self._author
        return {**values, "title": data["title_fr"], "title_translated": data["title_en"]}

    @property
    def _author(self) -> Any:
        widget: Any = self.fields["audience"].widget
        return widget.author


_SECTIONS: tuple[tuple[str, str | Promise, tuple[str, ...], str | Promise], ...] = (
    (
        "what",
        _("What it is"),
        ("space", "title_fr", "title_en", "description_fr", "description_en", "category", "icon"),
        "",
    ),
    (
        "doors",
        _("How one opens it"),
        ("opens_with", "address", "notes_link", "desktop_address", "phone"),
        _("One address at least. The others are offered on its page."),
    ),
    ("who", _("Who may open it"), ("audience", "entry", "approver", "manager_first"), ""),
    (
        "help",
        _("Help and support"),
        ("help_fr", "help_en", "help_address", "support_name", "support_email", "support_phone"),
        "",
    ),
    ("keeping", _("Who keeps it"), ("owner", "review_due", "order"), ""),
    ("life", _("Its life"), ("stage", "service_from"), ""),
)


def initial_of(application: Application, addressees: frozenset[str]) -> dict[str, Any]:
    """What the form shows of an application."""
    plain = (
        *("description_fr", "description_en", "category", "icon", "opens_with", "address", "notes_link"),
        *("desktop_address", "phone", "help_fr", "help_en", "help_address", "support_name", "support_email"),
        *("support_phone", "entry", "approver", "manager_first", "owner", "review_due", "order"),
    )
    return {
        **{name: getattr(application, name) for name in plain},
        "title_fr": application.title,
        "title_en": application.title_translated,
        "audience": addressees,
    }
