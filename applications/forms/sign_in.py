"""The form of a single sign-on client."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from directory.models import Group

from ..models import Claim, Consent, SignInClient

_ADDRESSES = {"rows": 3, "spellcheck": "false", "autocapitalize": "none", "placeholder": "https://"}
GROUPS_MOST = 50


class GroupsNamedField(forms.CharField):
    """Groups by their name in LDAP, or as one reads it, one on each line; a list of `Group` that `reader` may see."""

    reader: Any = None

    def clean(self, value: Any) -> list[Group]:
        names = [one.strip().replace("\0", "") for one in super().clean(value).splitlines() if one.strip()]
        if len(names) > GROUPS_MOST:
            raise ValidationError(_("At most %(max)s groups.") % {"max": GROUPS_MOST})
        found: dict[int, Group] = {}
        errors = []
        seen = Group.objects.visible_to(self.reader).active()
        for name in names:
            rows = list(seen.filter(ldap_name__iexact=name)[:2]) or [
                one
                for one in seen.matching(name)
                if name.casefold() in (one.name_fr.casefold(), one.name_en.casefold())
            ]
            if len(rows) == 1:
                found[rows[0].pk] = rows[0]
            else:
                errors.append(_("No single group is called “%(name)s”.") % {"name": name[:80]})
        if errors:
            raise ValidationError(errors)
        return list(found.values())


class SignInClientForm(forms.Form):
    """What a client is, where it is answered, and what it is told."""

    name = forms.CharField(
        label=_("Name"),
        max_length=120,
        help_text=_("Only for those who keep it: for example “production” or “telephone”."),
        error_messages={"required": _("Give it a name.")},
    )
    native = forms.ChoiceField(
        label=_("What it is"),
        choices=[
            ("no", _("An application on a server: it keeps a secret")),
            ("yes", _("A program on people's own machines: it has no secret")),
        ],
        widget=forms.RadioSelect,
        initial="no",
    )
    redirect_uris = forms.CharField(
        label=_("Addresses it is answered at"),
        widget=forms.Textarea(attrs=_ADDRESSES),
        help_text=_("One on each line, written out whole: they must be the same letter by letter."),
        error_messages={"required": _("Give one address at least.")},
    )
    post_logout_redirect_uris = forms.CharField(
        label=_("Addresses after signing out"), required=False, widget=forms.Textarea(attrs=_ADDRESSES)
    )
    consent = forms.ChoiceField(
        label=_("Who agrees that it is told of people"),
        choices=Consent,
        widget=forms.RadioSelect,
        initial=Consent.ASK,
    )
    claims = forms.MultipleChoiceField(
        label=_("What it may be told"),
        choices=Claim,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("No more than it needs. A number that tells people apart is always told."),
    )
    groups = GroupsNamedField(
        label=_("Groups it may know of"),
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "none"}),
        help_text=_("Their names, one on each line. Of other groups it is told nothing."),
    )

    def __init__(self, *args: Any, reader: Any, client: SignInClient | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups: Any = self.fields["groups"]
        groups.reader = reader
        if client is not None:
            del self.fields["native"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if Claim.GROUPS in data.get("claims", []) and not data.get("groups") and "groups" not in self.errors:
            self.add_error("groups", _("Choose the groups that it may be told of."))
        return data
