"""Shares have a uuid, for addresses and the API; a word to whom they are made; and who took them back."""

import uuid
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def give_uuids(apps: Any, schema_editor: Any) -> None:
    for one in apps.get_model("content", "Share").objects.filter(uuid=None).iterator():
        one.uuid = uuid.uuid4()
        one.save(update_fields=["uuid"])


class Migration(migrations.Migration):
    dependencies = [
        ("content", "0002_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("share", "uuid", models.UUIDField(null=True, editable=False)),
        migrations.RunPython(give_uuids, migrations.RunPython.noop),
        migrations.AlterField(
            "share", "uuid", models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
        ),
        migrations.AddField("share", "note", models.CharField(max_length=300, blank=True, default=""), preserve_default=False),
        migrations.AddField(
            "share",
            "withdrawn_by",
            models.ForeignKey(
                null=True,
                blank=True,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
