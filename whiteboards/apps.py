from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WhiteboardsConfig(AppConfig):
    name = "whiteboards"
    verbose_name = _("Whiteboards")

    def ready(self) -> None:
        from . import registrations, rooms  # noqa: F401  (kind, tabs, menu; the room of a board)
