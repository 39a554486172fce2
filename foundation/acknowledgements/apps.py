from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AcknowledgementsConfig(AppConfig):
    name = "foundation.acknowledgements"
    label = "acknowledgements"
    verbose_name = _("Acknowledgements")

    def ready(self) -> None:
        from . import activities, receivers  # noqa: F401  (verbs; the settling is queued)
