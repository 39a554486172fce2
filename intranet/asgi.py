"""Sockets, and with `make run` the pages too."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "intranet.settings")
pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402  (needs the apps loaded)
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from foundation.realtime.rooms.lifespan import lifespan  # noqa: E402
from foundation.realtime.routing import websocket_urlpatterns  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": pages,
        # SECURITY: a page of another site cannot open a socket with our cookies.
        "websocket": AllowedHostsOriginValidator(URLRouter(websocket_urlpatterns)),
        # When the process ends, what people draw is written first.
        "lifespan": lifespan,
    }
)
