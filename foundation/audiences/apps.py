from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class AudiencesConfig(AppConfig):
    name = "foundation.audiences"
    label = "audiences"

    def ready(self) -> None:
        # Every app's rules, so that `ask` knows them whoever asks first.
        autodiscover_modules("policies")
