"""How images of sites are read."""

from typing import Any, Self

from wagtail.images.models import ImageQuerySet

from foundation.spaces.querysets import edited_space_ids, readable_space_ids


class SiteImageQuerySet(ImageQuerySet):
    """Images. SECURITY: they are their space's: who reads the one sees the other."""

    def visible_to(self, person: Any) -> Self:
        """Those of the spaces `person` reads."""
        return self.filter(space_id__among=readable_space_ids(person))

    def edited_by(self, person: Any) -> Self:
        """Those of the sites `person` edits."""
        return self.filter(space_id__among=edited_space_ids(person))
