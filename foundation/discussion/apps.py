from django.apps import AppConfig


class DiscussionConfig(AppConfig):
    name = "foundation.discussion"
    label = "discussion"

    def ready(self) -> None:
        from . import activities  # noqa: F401  (registers the verbs)
