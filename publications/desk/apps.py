from wagtail.images.apps import WagtailImagesAppConfig


class ImagesConfig(WagtailImagesAppConfig):
    """Wagtail's images with our rights: it registers its own when it is ready, so ours come after it."""

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from ..models import SiteImage
        from .permissions import SiteImagePolicy

        super().ready()
        register_permission_policy(SiteImage, SiteImagePolicy(SiteImage))
