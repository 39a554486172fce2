"""Forms of groups."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ..models import Group, Person
from .choices import person_named

NAMES_MAX = 50


class PeopleNamedField(forms.CharField):
    """People by user name, e-mail address or name, one on each line (or parted by commas); a list of `Person`."""

    reader: Any = None

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"rows": 3, "autocapitalize": "none", "spellcheck": "false"}
        kwargs.setdefault("widget", forms.Textarea(attrs=attrs))
        kwargs.setdefault("help_text", _("User name, e-mail address or name; one person on each line."))
        super().__init__(max_length=5000, **kwargs)

    def clean(self, value: Any) -> list[Person]:
        typed = super().clean(value)
        names = [one for line in typed.splitlines() for one in line.split(",") if one.strip()]
        if len(names) > NAMES_MAX:
            raise ValidationError(_("At most %(max)s people at a time.") % {"max": NAMES_MAX})
        found: dict[int, Person] = {}
        errors = []
        for name in names:
            try:
                person = person_named(name, self.reader)
                found[person.pk] = person
            except ValidationError as error:
                errors += error.messages
        if errors:
            raise ValidationError(errors)
        return list(found.values())


class MembersForm(forms.Form):
    """Whom to take in a group kept by hand."""

    people = PeopleNamedField(label=_("People"), error_messages={"required": _("Say whom to take in.")})

    def __init__(self, data: Any = None, *, reader: Person) -> None:
        super().__init__(data)
        self.fields["people"].reader = reader  # type: ignore[attr-defined]


class GroupForm(forms.Form):
    """Names, purpose, owners, and who may address a group. Its rule is the audience builder's."""

    name_fr = forms.CharField(
        label=_("Name in French"), max_length=160, error_messages={"required": _("Give the group a French name.")}
    )
    name_en = forms.CharField(label=_("Name in English"), max_length=160, required=False)
    purpose_fr = forms.CharField(
        label=_("What it is for, in French"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    purpose_en = forms.CharField(
        label=_("What it is for, in English"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    owners = PeopleNamedField(
        label=_("Owners"),
        error_messages={"required": _("Name at least one owner.")},
        help_text=_(
            "They change the group and read who belongs to it. User name, e-mail address or name; one person on each "
            "line."
        ),
    )
    is_public = forms.BooleanField(
        label=_("Colleagues may choose this group"),
        required=False,
        initial=True,
        help_text=_("They read its name, what it is for and how many belong; who belongs is for its members."),
    )

    def __init__(self, data: Any = None, *, reader: Person, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["owners"].reader = reader  # type: ignore[attr-defined]


def initial_of(group: Group, owners: Collection[Person]) -> dict[str, Any]:
    """What the form of a group begins with."""
    fields = ("name_fr", "name_en", "purpose_fr", "purpose_en", "is_public")
    return {**{name: getattr(group, name) for name in fields}, "owners": "\n".join(one.username for one in owners)}
