"""A form's field in which people or things are chosen by typing: suggestions with a script, plain text without."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms

# Texts a form may send for one field.
MOST = 500


class PickerInput(forms.Widget):
    """What is chosen, each a box that can be unchecked, and one text for more.

    suggest_url: answers options with `data-value` and `data-label` to `?q=`. is_multiple: more than one may be chosen.
    """

    template_name = "ui/picker/picker.html"
    suggest_url: Any = ""
    is_multiple = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Every value chosen or typed, once each; typed ones are parted by commas."""
        sent = data.getlist(name) if hasattr(data, "getlist") else data.get(name) or []
        texts = [sent] if isinstance(sent, str) else list(sent)[:MOST]
        values = (one.strip() for text in texts for one in re.split(r"[,;\n]", str(text).replace("\0", "")))
        return list(dict.fromkeys(one for one in values if one))[:MOST]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def use_required_attribute(self, initial: Any) -> bool:
        # What is chosen already is not in the text box.
        return False

    def split(self, values: Sequence[Any]) -> tuple[list[tuple[str, str]], str]:
        """What of `values` is known, as (value, label), and the rest as the text to put right."""
        return [], ", ".join(str(one) for one in values)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        values = [] if value is None else list(value) if isinstance(value, list | tuple | set) else [value]
        chosen, text = self.split(values)
        context: dict[str, Any] = super().get_context(name, None, attrs)
        more = {"chosen": chosen, "text": text, "suggest_url": self.suggest_url, "is_multiple": self.is_multiple}
        return {**context, **more}
