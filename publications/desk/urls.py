"""The addresses of the desk: Wagtail's own, each behind `guard`."""

from wagtail.admin.urls import urlpatterns as desk_patterns
from wagtail.utils.urlpatterns import decorate_urlpatterns

from .guard import guarded

urlpatterns = decorate_urlpatterns(list(desk_patterns), guarded)
