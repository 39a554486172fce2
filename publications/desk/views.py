"""Those of Wagtail's views that differ for pages of sites."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.listing import ExplorableIndexView
from wagtail.admin.views.pages.move import MoveChooseDestinationView
from wagtail.admin.viewsets.pages import PageViewSet

from ..models import SitePage
from .page_form import SiteMoveForm


class SiteEditView(EditView):
    """Editing. SECURITY: what somebody else saved in the meantime is never overwritten by a page opened before."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.is_out_of_date and not self.expects_json_response:
            return self._conflict(request)
        return super().post(request, *args, **kwargs)

    def _conflict(self, request: HttpRequest) -> HttpResponse:
        """The form as it was sent, unsaved, with who was first and where their version is."""
        self.form = self.form_class(
            request.POST,
            request.FILES,
            instance=self.page,
            subscription=self.subscription,
            parent_page=self.parent,
            for_user=request.user,
        )
        self.form.is_valid()
        other = self.latest_revision
        name = other.user.get_full_name() if other.user else ""
        sentence = _(
            "Nothing was saved: %(name)s saved this page in the meantime. Your text is still below. Open the current "
            "version in another tab, and bring there what you changed."
        )
        buttons = [
            messages.button(
                reverse("wagtailadmin_pages:edit", args=[self.page.pk]), _("Open the current version"), True
            ),
            messages.button(reverse("wagtailadmin_pages:history", args=[self.page.pk]), _("History"), True),
        ]
        messages.error(request, sentence % {"name": name}, buttons=buttons)
        self.has_unsaved_changes = True
        self.errors_debug = ""
        response = self.render_to_response(self.get_context_data())
        response.status_code = 409
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if self.request.method == "POST" and self.is_out_of_date:
            # What this browser opened stays what it opened: saving again is refused again.
            context["loaded_revision_created_at"] = self.request.POST.get("loaded_revision_created_at", "")
        return context


class SiteMoveView(MoveChooseDestinationView):
    """Choosing where a page goes, among one's own sites."""

    form_class = SiteMoveForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "person": self.request.user}


class SiteIndexView(ExplorableIndexView):
    """The pages below a page, in the order of the menu; each is acted upon by itself."""

    default_ordering = "ord"
    base_columns = [one for one in ExplorableIndexView.base_columns if one.name not in ("bulk_actions", "type")]


class SitePageViewSet(PageViewSet):
    """The views of pages of sites."""

    model = SitePage
    index_view_class = SiteIndexView
    edit_view_class = SiteEditView
    move_view_class = SiteMoveView


site_page_viewset = SitePageViewSet()
