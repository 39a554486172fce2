"""The addresses of the portal. They are fixed: other systems and people's bookmarks rely on them."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from applications.oidc.endpoints import discovery

from . import health
from .api import urls as api_urls

urlpatterns = [
    path("", include("intranet.portal.urls")),
    path("", include("directory.urls")),
    path("", include("foundation.activity.urls")),
    path("", include("foundation.content.urls")),
    path("", include("foundation.discussion.urls")),
    path("", include("foundation.files.urls")),
    path("", include("publications.urls")),
    path("acknowledgements/", include("foundation.acknowledgements.urls")),
    path("search/", include("foundation.search.urls")),
    path("communities/", include("communities.urls")),
    path("boards/", include("whiteboards.urls")),
    path("apps/", include("applications.urls")),
    path("notes/", include("applications.notes_urls")),
    path("o/", include("applications.oidc.urls")),
    path(".well-known/oauth-authorization-server/o", discovery, name="oidc_discovery_rfc8414"),
    path("api/v1/", api_urls),
    path("admin/", admin.site.urls),
    path("editor/", include("publications.desk.urls")),
    path("health/hello", health.hello, name="hello"),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
    path("metrics", health.metrics, name="metrics"),
]
if settings.DEBUG:
    urlpatterns.append(path("ui/", include("foundation.ui.urls")))

handler400 = "intranet.errors.bad_request"
handler403 = "intranet.errors.permission_denied"
handler404 = "intranet.errors.not_found"
handler500 = "intranet.errors.server_error"
