"""Forms of the steps in the life of an application."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Application, Stage
from .moments import day, moment


class SuccessorField(forms.ModelChoiceField):
    """One of the applications that whoever chooses sees."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.display_title)


class AnnounceForm(forms.Form):
    """When it comes."""

    service_from = moment(
        label=_("In service from"), required=False, help_text=_("Left empty: the day is not known yet.")
    )


class MaintenanceForm(forms.Form):
    """When it cannot be used, and what people should know."""

    maintenance_from = moment(label=_("Maintenance from"))
    maintenance_until = moment(label=_("Maintenance until"))
    maintenance_fr = forms.CharField(label=_("What people should know, in French"), max_length=250, required=False)
    maintenance_en = forms.CharField(
        label=_("What people should know, in English"),
        max_length=250,
        required=False,
        widget=forms.TextInput(attrs={"lang": "en"}),
    )


class RetirementForm(forms.Form):
    """When it goes, and what takes its place."""

    retires_on = day(label=_("Retires on"))
    successor = SuccessorField(
        label=_("What takes its place"),
        queryset=Application.objects.none(),
        to_field_name="uuid",
        required=False,
        empty_label=_("Nothing, or not known yet"),
        help_text=_("Its page then leads to that one."),
    )

    def __init__(self, *args: Any, actor: Any, application: Application, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        successors: Any = self.fields["successor"]
        seen = Application.objects.visible_to(actor).published().exclude(pk=application.pk)
        successors.queryset = seen.exclude(stage=Stage.RETIRED).order_by("title", "pk")
