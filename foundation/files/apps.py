from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "foundation.files"
    label = "files"

    def ready(self) -> None:
        from . import activities  # noqa: F401  (registers the verbs)
