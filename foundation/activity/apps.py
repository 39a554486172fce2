from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class ActivityConfig(AppConfig):
    name = "foundation.activity"
    label = "activity"

    def ready(self) -> None:
        from . import receivers  # noqa: F401  (connects them)

        # Every app's verbs, so that an activity can be read whoever recorded it.
        autodiscover_modules("activities")
