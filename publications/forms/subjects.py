"""A subject's names."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SubjectForm(forms.Form):
    """French is required; English follows when it is there."""

    name_fr = forms.CharField(
        label=_("Name in French"), max_length=80, error_messages={"required": _("Give the subject a French name.")}
    )
    name_en = forms.CharField(
        label=_("Name in English"), max_length=80, required=False, widget=forms.TextInput(attrs={"lang": "en"})
    )
