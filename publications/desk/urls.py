"""The addresses of the desk: Wagtail's own, each behind `guard`."""

from typing import Any

from wagtail.admin.urls import urlpatterns as desk_patterns
from wagtail.utils.urlpatterns import decorate_urlpatterns

from .guard import guarded


def _ask_for_a_person(patterns: list[Any]) -> None:
    """SECURITY: some of Wagtail's views (its API, its own sign-in) ask by themselves, or nobody; here all ask first."""
    for one in patterns:
        if hasattr(one, "url_patterns"):
            _ask_for_a_person(one.url_patterns)
        else:
            one.callback.login_required = True


urlpatterns = decorate_urlpatterns(list(desk_patterns), guarded)
_ask_for_a_person(urlpatterns)
