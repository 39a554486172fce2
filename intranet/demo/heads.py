"""Who leads each unit of the demo city."""

from .city import read_toml, units
from .people import DemoPerson


def heads_of(made: list[DemoPerson]) -> dict[str, str]:
    """Who leads each unit that has somebody: the user name by unit code. The City itself is led by its manager."""
    words = read_toml("titles.toml")
    titles = {one for rows in (words["heads"], words["division"]) for row in rows.values() for one in row}
    kinds = {one.code: one.kind for one in units()}
    heads: dict[str, str] = {}
    for one in made:
        if one.kind != "employee" or not one.is_active:
            continue
        # Heads are made before their people; of a division only who bears the title leads.
        if kinds[one.unit_code] in ("borough", "service") or one.title_fr in titles:
            heads.setdefault(one.unit_code, one.username)
    return {units()[0].code: heads["SDG"], **heads}
