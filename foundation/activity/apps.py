from django.apps import AppConfig


class ActivityConfig(AppConfig):
    name = "foundation.activity"
    label = "activity"

    def ready(self) -> None:
        from . import activities, receivers  # noqa: F401  (registers the floor's verbs, connects the receivers)
