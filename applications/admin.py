"""What of single sign-on is not for the administrators' desk."""

from django.contrib import admin
from oauth2_provider import admin as oauth2_admin
from oauth2_provider import models as oauth2_models

from .models import SignInClient

# SECURITY: the library would show tokens and codes there, and let clients be made past `actions`. Its module is loaded
# first, so that there is something to take away.
for _model in (
    SignInClient,
    oauth2_models.get_access_token_model(),
    oauth2_models.get_refresh_token_model(),
    oauth2_models.get_id_token_model(),
    oauth2_models.get_grant_model(),
    oauth2_models.get_device_grant_model(),
):
    if oauth2_admin and admin.site.is_registered(_model):
        admin.site.unregister(_model)
