"""The provider's addresses, under `/o/`. They are fixed: other systems are set up with them."""

from django.urls import path

from . import endpoints, views

app_name = "oidc"
urlpatterns = [
    path(".well-known/openid-configuration", endpoints.discovery, name="discovery"),
    path(".well-known/jwks.json", endpoints.jwks, name="jwks"),
    path("authorize/", views.authorize, name="authorize"),
    path("token/", endpoints.token, name="token"),
    path("revoke/", endpoints.revoke, name="revoke"),
    path("userinfo/", endpoints.userinfo, name="userinfo"),
    path("logout/", views.logout, name="logout"),
]
