from django.apps import AppConfig


class ContentConfig(AppConfig):
    name = "foundation.content"
    label = "content"

    def ready(self) -> None:
        from . import lookups, registrations  # noqa: F401  (registers the lookup; the tab of spaces)
