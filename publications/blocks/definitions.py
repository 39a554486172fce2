"""How blocks are edited: Wagtail's side of them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock

from foundation.ui.page_blocks import BlockField, PageBlock, page_blocks

from ..desk.choosers import people_chooser
from ..desk.current import DeskImageChooser
from .cleaning import safe_address

FEATURES = ["h2", "h3", "bold", "italic", "ol", "ul", "blockquote", "link", "hr"]
SMALL_FEATURES = ["bold", "italic", "ol", "ul", "link"]
MOST = 60


class AddressBlock(blocks.CharBlock):
    """A page of the portal, the web, mail or a telephone. SECURITY: nothing that a browser would run."""

    def clean(self, value: Any) -> Any:
        value = super().clean(value)
        if value and not safe_address(value):
            raise ValidationError(_("Write an address that begins with https:// or, for the portal's own, with /."))
        return value


class SiteImageBlock(ImageChooserBlock):
    """An image of one's own sites."""

    @property
    def widget(self) -> Any:
        return DeskImageChooser()


class ImageBlock(blocks.StructBlock):
    image = SiteImageBlock(label=_("Image"))
    alt = blocks.CharBlock(
        label=_("What it shows"),
        max_length=250,
        help_text=_("Read aloud to who does not see it, in the language of this page."),
    )
    caption = blocks.CharBlock(label=_("Caption"), max_length=250, required=False)

    class Meta:
        icon = "image"
        label = _("Image")


class PeopleBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Heading"), max_length=120, required=False)
    people = blocks.ListBlock(people_chooser.get_block_class()(label=_("Person")), label=_("People"), max_num=MOST)

    class Meta:
        icon = "user"
        label = _("People")


class TeamBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Heading"), max_length=120, required=False)
    unit = blocks.CharBlock(
        label=_("Unit"),
        max_length=200,
        required=False,
        help_text=_("The address of a unit in the directory. Empty: the unit of this site."),
    )

    class Meta:
        icon = "group"
        label = _("Team")


class FilesBlock(blocks.StructBlock):
    title = blocks.CharBlock(
        label=_("Heading"),
        max_length=120,
        required=False,
        help_text=_("Shows the files attached to this page. They are added on the page itself, once it is saved."),
    )

    class Meta:
        icon = "doc-full"
        label = _("Files")


class NoticesBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Heading"), max_length=120, required=False)
    source = blocks.ChoiceBlock(
        label=_("Which ones"),
        choices=[
            ("site", _("Of this site")),
            ("city", _("Of the City")),
            ("all", _("Of this site and of the City")),
            ("events", _("What takes place, of this site and of the City")),
        ],
        default="site",
    )
    tag = blocks.CharBlock(
        label=_("Subject"), max_length=60, required=False, help_text=_("The short name of a subject, or nothing.")
    )
    count = blocks.IntegerBlock(label=_("How many"), min_value=1, max_value=20, default=5)

    class Meta:
        icon = "list-ul"
        label = _("Notices and news")


class CommunitiesBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Heading"), max_length=120, required=False)
    communities = blocks.ListBlock(
        blocks.CharBlock(label=_("Address of the community"), max_length=200), label=_("Communities"), max_num=MOST
    )

    class Meta:
        icon = "comment"
        label = _("Communities")


class LinkBlock(blocks.StructBlock):
    label = blocks.CharBlock(label=_("Name"), max_length=160)
    address = AddressBlock(label=_("Address"), max_length=500)
    note = blocks.CharBlock(label=_("In a few words"), max_length=200, required=False)

    class Meta:
        icon = "link"
        label = _("Link")


class LinksBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Heading"), max_length=120, required=False)
    links = blocks.ListBlock(LinkBlock(), label=_("Links"), max_num=MOST)

    class Meta:
        icon = "link"
        label = _("Links")


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(label=_("Question"), max_length=250)
    answer = blocks.RichTextBlock(label=_("Answer"), features=SMALL_FEATURES)

    class Meta:
        icon = "help"
        label = _("Question and answer")


class FaqBlock(blocks.StructBlock):
    title = blocks.CharBlock(label=_("Heading"), max_length=120, required=False)
    questions = blocks.ListBlock(QuestionBlock(), label=_("Questions"), max_num=MOST)

    class Meta:
        icon = "help"
        label = _("Frequent questions")


class PlaceBlock(blocks.StructBlock):
    name = blocks.CharBlock(label=_("Name"), max_length=160)
    lines = blocks.TextBlock(label=_("Postal address"), max_length=400, rows=3)
    hours = blocks.TextBlock(label=_("Opening hours"), max_length=600, required=False, rows=3)
    phone = blocks.CharBlock(label=_("Telephone"), max_length=40, required=False)
    email = blocks.EmailBlock(label=_("E-mail"), required=False)

    class Meta:
        icon = "site"
        label = _("Place")


class AlertBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(
        label=_("Kind"), choices=[("info", _("Information")), ("warning", _("Warning"))], default="info"
    )
    text = blocks.TextBlock(label=_("Text"), max_length=500, rows=2)

    class Meta:
        icon = "warning"
        label = _("Framed note")


def _field(field: BlockField) -> blocks.Block:
    """A field that another app described."""
    options = {"label": field.label, "required": field.required}
    if field.kind == "number":
        return blocks.IntegerBlock(min_value=0, max_value=1000, **options)
    if field.kind == "choice":
        return blocks.ChoiceBlock(choices=list(field.choices), **options)
    return (AddressBlock if field.kind == "address" else blocks.CharBlock)(max_length=500, **options)


def _registered(one: PageBlock) -> blocks.Block:
    return blocks.StructBlock([(field.name, _field(field)) for field in one.fields], label=one.label)


def body_block() -> blocks.StreamBlock:
    """Every sort of block, ours first."""
    ours: list[tuple[str, blocks.Block]] = [
        ("text", blocks.RichTextBlock(label=_("Text"), features=FEATURES, icon="pilcrow")),
        ("image", ImageBlock()),
        ("note", AlertBlock()),
        ("people", PeopleBlock()),
        ("team", TeamBlock()),
        ("files", FilesBlock()),
        ("notices", NoticesBlock()),
        ("communities", CommunitiesBlock()),
        ("links", LinksBlock()),
        ("faq", FaqBlock()),
        ("place", PlaceBlock()),
    ]
    return blocks.StreamBlock([*ours, *((one.key, _registered(one)) for one in page_blocks())], max_num=MOST)
