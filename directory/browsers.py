"""A browser in plain words, from what it says of itself."""

import re

from django.utils.translation import gettext as _

# In this order: most of them also claim to be the later ones.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
PHONE = re.compile("iPhone|Android.*Mobile")


def browser_name(user_agent: str) -> str:
    """« Firefox sur Windows »; "an unknown browser" when it says nothing known."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown browser")


def is_phone(user_agent: str) -> bool:
    """Whether it is a phone's, for its picture."""
    return bool(PHONE.search(user_agent))
