"""Addresses of sockets."""

from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path

from .consumers import NotificationConsumer

websocket_urlpatterns = [
    path("ws/notifications/", NotificationConsumer.as_asgi()),
    # SECURITY: any other address is refused, instead of an error in the log for whoever likes to fill it.
    re_path("", WebsocketDenier.as_asgi()),
]
