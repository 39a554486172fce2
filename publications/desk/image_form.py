"""The form of an image at the desk: which site it is of, and what sort of file is taken."""

import warnings
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from foundation.files.actions import INLINE_IMAGES, MAX_PIXELS
from foundation.spaces.models import Space

from .permissions import home_pages

_TOO_MANY = _("This picture has too many pixels: make it smaller first.")


class SafeImageField(WagtailImageField):
    """A picture. SECURITY: looked at by four decoders and no other, before any library reads it whole."""

    def to_python(self, data: Any) -> Any:
        if data not in self.empty_values and hasattr(data, "read"):
            _check(data)
            data.seek(0)
        return super().to_python(data)


def _check(data: Any) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(data, formats=list(INLINE_IMAGES)) as picture:
                width, height = picture.size
    except Image.DecompressionBombError as error:
        raise ValidationError(_TOO_MANY) from error
    except (OSError, SyntaxError, ValueError, KeyError, TypeError) as error:
        raise ValidationError(
            _("This is no picture the portal can show: send a JPEG, PNG, GIF or WebP file.")
        ) from error
    if width * height > MAX_PIXELS:
        raise ValidationError(_TOO_MANY)


class SiteImageForm(BaseImageForm):
    """An image of one of the sites one edits."""

    file = SafeImageField(label=_("File"))
    space = forms.ModelChoiceField(label=_("Site"), queryset=Space.objects.none(), empty_label=None)

    class Meta(BaseImageForm.Meta):
        pass

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        person = kwargs.get("user")
        super().__init__(*args, **kwargs)
        # SECURITY: among one's own sites, whatever the form is sent.
        mine = Space.objects.filter(site__root_page__in=home_pages(person)) if person else Space.objects.none()
        if "space" in self.fields:
            self.fields["space"].queryset = mine.order_by("name_fr")
        if "file" in self.fields:
            self.fields["file"].widget = forms.FileInput(attrs=self.fields["file"].widget.attrs)
            self.fields["file"].required = self.instance.pk is None
        self.fields["description"].label = _("What it shows")
        self.fields["description"].required = True
        self.fields["description"].help_text = _("Read aloud to who does not see it. Each page can say it its own way.")

    def save(self, commit: bool = True) -> Any:
        if "file" in self.changed_data:
            self.instance.state = self.instance.State.RECEIVED
        return super().save(commit)
