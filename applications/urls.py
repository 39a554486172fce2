"""Addresses of applications. They are fixed: bookmarks and other systems rely on them."""

from django.urls import path

from .views import applications, launcher, mailboxes

app_name = "applications"
urlpatterns = [
    path("", launcher.launcher, name="launcher"),
    path("mailbox/", mailboxes.mailbox, name="mailbox"),
    path("mailbox/<slug:kind>/", mailboxes.card, name="mailbox_card"),
    path("mailbox/<slug:kind>/give/", mailboxes.give, name="mailbox_give"),
    path("mailbox/<slug:kind>/withdraw/", mailboxes.withdraw, name="mailbox_withdraw"),
    path("<uuid:uuid>/", applications.application, name="application"),
    path("<uuid:uuid>/open/", applications.open_application, name="open"),
]
