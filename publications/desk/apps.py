"""Wagtail's apps as the portal runs them: its images with our rights, its admin without its letters."""

from django.apps import apps
from wagtail.admin.apps import WagtailAdminAppConfig
from wagtail.images.apps import WagtailImagesAppConfig
from wagtail.signals import task_submitted, workflow_approved, workflow_rejected, workflow_submitted

# The letters Wagtail would send: signal, model that sends it, key.
LETTERS = (
    (task_submitted, "TaskState", "group_approval_task_submitted_email_notification"),
    (workflow_submitted, "WorkflowState", "workflow_state_submitted_email_notification"),
    (workflow_rejected, "WorkflowState", "workflow_state_rejected_email_notification"),
    (workflow_approved, "WorkflowState", "workflow_state_approved_email_notification"),
)


class ImagesConfig(WagtailImagesAppConfig):
    """Wagtail's images with our rights: it registers its own when it is ready, so ours come after it."""

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from ..models import SiteImage
        from .permissions import SiteImagePolicy

        super().ready()
        register_permission_policy(SiteImage, SiteImagePolicy(SiteImage))


class DeskConfig(WagtailAdminAppConfig):
    """Wagtail's admin, named in `INSTALLED_APPS` in its place. People are told by activities, not by its letters."""

    def ready(self) -> None:
        super().ready()
        for signal, model, key in LETTERS:
            if not signal.disconnect(sender=apps.get_model("wagtailcore", model), dispatch_uid=key):
                raise RuntimeError(f"Wagtail no longer sends {key} this way")
