from django.apps import AppConfig


class SpacesConfig(AppConfig):
    name = "foundation.spaces"
    label = "spaces"

    def ready(self) -> None:
        from foundation.audiences.principals import register_provider

        from .principals import SpacePrincipals

        register_provider(SpacePrincipals())
