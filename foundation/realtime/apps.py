from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "foundation.realtime"
    label = "realtime"

    def ready(self) -> None:
        from . import receivers  # noqa: F401  (connects them)
        from .rooms import pages  # noqa: F401  (registers the room)
