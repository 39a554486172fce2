"""Signing in, and tokens for programs."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..models import PersonalToken


class SignInForm(forms.Form):
    """User name and password. Only that they are there is checked here."""

    username = forms.CharField(
        label=_("User name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password"),
        # Longer texts would only serve to keep the hasher busy.
        max_length=512,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        has_name = bool(self.is_bound and self.data.get("username"))
        self.fields["password" if has_name else "username"].widget.attrs["autofocus"] = True


class TokenForm(forms.Form):
    """What a new token is for, what it may do and for how long."""

    name = forms.CharField(
        label=_("What it is for"), help_text=_("For example: the winter statistics script."), max_length=80
    )
    scope = forms.ChoiceField(
        label=_("Rights"),
        choices=PersonalToken.Scope.choices,
        initial=PersonalToken.Scope.READ,
        widget=forms.RadioSelect,
    )
    days = forms.TypedChoiceField(
        label=_("Valid for"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("One year"))],
        initial=90,
    )

    @property
    def expires(self) -> Any:
        """The moment it ends; of a valid form."""
        return timezone.now() + timedelta(days=self.cleaned_data["days"])
