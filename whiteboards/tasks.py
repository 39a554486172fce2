"""Background work of boards."""

from uuid import UUID

from django_tasks import task

from . import actions


@task()
def settle(uuid: str, people: list[int]) -> bool:
    """Bring a board's text, drawing and history up to what was drawn. Answers whether it looks different."""
    return actions.settle(UUID(uuid), people)
