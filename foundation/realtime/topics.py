"""Topics: what an app shows on every open page besides notifications, and keeps true while it is open.

An app registers a topic; `actions.push_topic` rings it; every socket that hears it is sent what its own person may see
of it at that moment. The floor knows neither what it is nor where it stands on the page.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Topic:
    """One topic.

    key: also the `type` of the message a browser gets. read: what each of these people is sent, by their key, beside
    the type; whoever is left out is sent nothing. Asked for many people at once: it queries as often for one as for a
    hundred. SECURITY: it asks the rule for each of them. is_quiet: whether there is nothing to say to anybody just now;
    asked when a socket opens, so cheap. What rang a moment ago is said to who comes in any case (`rung`).
    """

    key: str
    read: Callable[[Sequence[Any]], Mapping[int, Mapping[str, Any]]]
    is_quiet: Callable[[], bool]


_topics: dict[str, Topic] = {}


def register_topic(topic: Topic) -> None:
    """Add a topic. A taken key is a programming error: ValueError."""
    if topic.key in _topics or topic.key in ("notification", "unread", "signed_out"):
        raise ValueError(f"topic registered twice: {topic.key}")
    _topics[topic.key] = topic


def topic_of(key: str) -> Topic:
    """The topic with that key; KeyError for one that no app registered."""
    return _topics[key]


def topics() -> list[Topic]:
    """Every topic."""
    return list(_topics.values())
