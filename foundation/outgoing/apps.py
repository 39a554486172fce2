from django.apps import AppConfig


class OutgoingConfig(AppConfig):
    name = "foundation.outgoing"
    label = "outgoing"
