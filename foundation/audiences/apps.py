from django.apps import AppConfig


class AudiencesConfig(AppConfig):
    name = "foundation.audiences"
    label = "audiences"
