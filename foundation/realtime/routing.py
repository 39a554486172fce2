"""Addresses of sockets."""

from channels.auth import AuthMiddlewareStack
from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path

from .consumers import NotificationConsumer
from .rooms.socket import room_socket

websocket_urlpatterns = [
    path("ws/notifications/", AuthMiddlewareStack(NotificationConsumer.as_asgi())),
    # Reads the session itself, together with everything else its door asks (see `rooms.doorkeeper`).
    path("ws/rooms/<slug:kind>/<uuid:uuid>", room_socket),
    # SECURITY: any other address is refused, instead of an error in the log for whoever likes to fill it.
    re_path("", WebsocketDenier.as_asgi()),
]
