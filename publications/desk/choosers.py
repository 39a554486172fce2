"""Choosing people at the desk. SECURITY: among those whom the editor may see, by name or by key alike."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.views.generic import chooser as views
from wagtail.admin.viewsets.chooser import ChooserViewSet

from directory.models import Person

from .current import DeskPersonChooser


class PersonFilterForm(BaseFilterForm):
    """Find people by name."""

    q = forms.CharField(label=_("Name"), required=False, max_length=100)

    def filter(self, objects: Any) -> Any:
        words = self.cleaned_data.get("q") or ""
        self.is_searching, self.search_query = bool(words), words
        return objects.matching(words) if words else objects


class _Visible:
    """What every view of the chooser begins with."""

    def get_object_list(self) -> Any:
        return Person.objects.visible_to(self.request.user).with_unit().in_name_order()  # type: ignore[attr-defined]

    def get_object(self, pk: Any) -> Any:
        return self.get_object_list().get(pk=int(pk))

    def get_objects(self, pks: Any) -> Any:
        return self.get_object_list().filter(pk__in=[int(one) for one in pks if str(one).isdecimal()][:100])

    def get_edit_item_url(self, instance: Any) -> Any:
        return None


class ChooseView(_Visible, views.ChooseView):
    ordering = ["search_name", "pk"]
    filter_form_class = PersonFilterForm


class ChooseResultsView(_Visible, views.ChooseResultsView):
    ordering = ["search_name", "pk"]
    filter_form_class = PersonFilterForm


class ChosenView(_Visible, views.ChosenView):
    pass


class ChosenMultipleView(_Visible, views.ChosenMultipleView):
    pass


class PeopleChooser(ChooserViewSet):
    model = Person
    icon = "user"
    choose_one_text = _("Choose a person")
    choose_another_text = _("Choose another person")
    per_page = 20
    register_widget = False
    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView
    chosen_view_class = ChosenView
    chosen_multiple_view_class = ChosenMultipleView
    base_widget_class = DeskPersonChooser


people_chooser = PeopleChooser("site_people", url_prefix="people/chooser")
