"""The directory's addresses, included at the root."""

from django.urls import path

from .views import people, preferences, sign_in

app_name = "directory"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("settings/", preferences.preferences, name="settings"),
    path("settings/language/", preferences.set_language, name="set_language"),
    path("settings/theme/", preferences.set_theme, name="set_theme"),
    path("settings/sessions/", preferences.sessions, name="sessions"),
    path("settings/sessions/end-others/", preferences.end_other_sessions, name="end_other_sessions"),
    path("settings/sessions/<slug:handle>/end/", preferences.end_session, name="end_session"),
    path("settings/tokens/", preferences.tokens, name="tokens"),
    path("settings/tokens/<uuid:uuid>/revoke/", preferences.revoke_token, name="revoke_token"),
    path("people/", people.people, name="people"),
    path("people/<uuid:uuid>/", people.person, name="person"),
]
