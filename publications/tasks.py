"""Background work of publications."""

from django_tasks import task

from .actions import images
from .models import SiteImage


@task()
def prepare_image(image_id: int) -> None:
    """Shrink an image that was received."""
    image = SiteImage.objects.filter(pk=image_id).first()
    # It may have been deleted in between.
    if image is not None:
        images.prepare_image(image)
