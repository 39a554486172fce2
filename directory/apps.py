from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    name = "directory"
    verbose_name = _("Directory")

    def ready(self) -> None:
        from foundation.audiences.choosing import register_chooser
        from foundation.audiences.principals import register_provider
        from foundation.audiences.relations import register_relations
        from foundation.ui.navigation import NavigationItem, register

        from . import activities, receivers, registrations  # noqa: F401  (verbs; connects them; sorts of finds)
        from .forms.principals import PrincipalsField
        from .principals import DirectoryPrincipals
        from .relations import DirectoryRelations

        register_provider(DirectoryPrincipals())
        register_relations(DirectoryRelations())
        register_chooser(PrincipalsField)
        register(
            NavigationItem(
                "directory",
                _("Directory"),
                "directory:people",
                "address-book",
                order=60,
                on_phone=True,
                also=("/units/", "/elected/", "/groups/"),
            )
        )
