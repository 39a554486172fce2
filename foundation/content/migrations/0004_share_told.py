"""Shares know when those they are made to were told."""

from typing import Any

from django.db import migrations, models
from django.db.models import F


def those_of_drafts_wait(apps: Any, schema_editor: Any) -> None:
    """Of what was no draft, those it is shared with were told when it was shared."""
    share, content = apps.get_model("content", "Share"), apps.get_model("content", "Content")
    drafts = content.objects.filter(state="draft").values("pk")
    share.objects.exclude(content_id__in=drafts).update(told=F("created"))


class Migration(migrations.Migration):
    dependencies = [("content", "0003_shares_by_uuid")]

    operations = [
        migrations.AddField("share", "told", models.DateTimeField(blank=True, editable=False, null=True)),
        migrations.RunPython(those_of_drafts_wait, migrations.RunPython.noop),
    ]
