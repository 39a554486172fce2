from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "foundation.search"
    label = "search"

    def ready(self) -> None:
        from . import receivers  # noqa: F401  (connects them)
