"""The editors' desk's own page of settings: what Wagtail is told. Imported whole by the settings.

Nothing here is the city's to choose; what is (its name, its address) stands in `intranet/settings.py`.
"""

# SECURITY: nothing is asked of other machines: no version check, no gravatar, no embedded video.
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
# People, passwords and names are the directory's.
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAILADMIN_PERMITTED_LANGUAGES = [("fr", "Français"), ("en", "English")]
# An approval given to one text is none of another.
WAGTAIL_WORKFLOW_REQUIRE_REAPPROVAL_ON_EDIT = True
WAGTAILADMIN_COMMENTS_ENABLED = True
# SECURITY: one signs in at the portal, and nowhere else.
WAGTAILADMIN_LOGIN_URL = "/sign-in/"
# Pages are read through `publications.views.sites`, images through its own view.
WAGTAILIMAGES_IMAGE_MODEL = "publications.SiteImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "publications.desk.image_form.SiteImageForm"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
# SECURITY: bytes and pixels that are taken at all; what is kept is shrunk in the background.
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 40 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 80_000_000
WAGTAIL_ALLOW_UNICODE_SLUGS = False
