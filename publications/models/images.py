"""Images of sites' pages: received, shrunk in the background, then shown at a few widths by one view of ours."""

import uuid
from typing import Any

from django.db import models
from django.templatetags.static import static
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.images.models import AbstractImage, AbstractRendition

from foundation.spaces.models import Space
from foundation.ui.addresses import address

from ..querysets.images import SiteImageQuerySet

# Pixels of the widths that pages show; those wider than the image are not made.
WIDTHS = (480, 960, 1600)


def width_spec(width: int) -> str:
    """The rendition that a page shows at `width`."""
    return f"width-{width}|format-webp"


class SiteImage(AbstractImage):
    """One image of a site. Read by whoever reads the site's space, and by nobody else."""

    class State(models.TextChoices):
        RECEIVED = "received", _("Being prepared")
        READY = "ready", _("Ready")
        REFUSED = "refused", _("Cannot be shown")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Null only between the form and the saving of an image that is refused.
    space = models.ForeignKey(Space, models.PROTECT, null=True, related_name="+", verbose_name=_("Site"))
    state = models.CharField(max_length=8, choices=State, default=State.RECEIVED, editable=False)

    admin_form_fields = ("title", "file", "space", "description")

    objects = SiteImageQuerySet.as_manager()

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")
        permissions = [("choose_image", "Can choose image")]

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

    def get_rendition(self, filter: Any) -> Any:
        """SECURITY: nothing is decoded while somebody waits: until the background has shrunk it, a stand-in."""
        return super().get_rendition(filter) if self.is_ready else StandIn(self)

    @cached_property
    def widths(self) -> list[int]:
        """The widths there are of it, smallest first."""
        return [one for one in WIDTHS if one <= self.width] or [WIDTHS[0]]

    def address_at(self, width: int) -> str:
        """Where the page's picture of that width is."""
        return image_address(self.uuid, width_spec(width))

    @property
    def srcset(self) -> str:
        return ", ".join(f"{self.address_at(one)} {min(one, self.width)}w" for one in self.widths)

    @property
    def src(self) -> str:
        return self.address_at(self.widths[min(1, len(self.widths) - 1)])


def image_address(image: uuid.UUID, spec: str) -> str:
    """`|` parts the steps of a rendition; in an address it is a comma."""
    return f"{address('publications:image', image)}{spec.replace('|', ',')}/"


class StandIn:
    """What the desk shows of an image that is not ready."""

    width = height = 165
    filter_spec = ""
    is_stand_in = True

    def __init__(self, image: SiteImage) -> None:
        self.image = image
        self.alt = str(image.get_state_display())

    @property
    def url(self) -> str:
        return static("publications/image-waiting.svg")

    full_url = url

    @property
    def attrs_dict(self) -> dict[str, Any]:
        return {"src": self.url, "width": self.width, "height": self.height, "alt": self.alt}

    def img_tag(self, extra_attributes: Any = None) -> str:
        return SiteRendition.img_tag(self, extra_attributes)  # type: ignore[arg-type]


class SiteRendition(AbstractRendition):
    """One image at one size."""

    image = models.ForeignKey(SiteImage, models.CASCADE, related_name="renditions")

    class Meta:
        unique_together = (("image", "filter_spec", "focal_point_key"),)

    def __str__(self) -> str:
        return f"{self.image_id} {self.filter_spec}"

    @property
    def url(self) -> str:
        """SECURITY: never the storage's own address; our view asks who reads."""
        return image_address(self.image.uuid, self.filter_spec)
