"""What single sign-on tells the search: a page found by its name."""

from django.utils.translation import gettext_lazy as _

from foundation.search.shortcuts import Shortcut, register_shortcut

register_shortcut(
    Shortcut(
        "connections",
        _("My connected applications"),
        "applications:connections",
        "plug-connected",
        "connexion unique révoquer single sign-on sso revoke",
    )
)
