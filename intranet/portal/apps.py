from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "intranet.portal"
    label = "portal"

    def ready(self) -> None:
        from foundation.ui.navigation import NavigationItem, register

        register(NavigationItem("home", _("Home"), "portal:home", "home", order=10, on_phone=True))
