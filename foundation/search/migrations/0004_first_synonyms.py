from django.db import migrations

# What most cities of Québec say in more than one way; administrators change them at their desk.
FIRST = (
    ("", "GED\ngestion documentaire\ngestion électronique des documents\ndocument management"),
    ("", "RH\nressources humaines\nHR\nhuman resources"),
    ("", "TI\ntechnologies de l'information\ninformatique\ninformation technology"),
    ("", "SST\nsanté et sécurité du travail\noccupational health and safety"),
    ("", "SIG\ngéomatique\nsystème d'information géographique\nGIS"),
    ("", "AO\nappel d'offres\ncall for tenders"),
    ("", "PPU\nprogramme particulier d'urbanisme\nspecial planning program"),
    ("", "CCU\ncomité consultatif d'urbanisme\nplanning advisory committee"),
    ("", "règlement municipal\nby-law"),
    ("", "arrondissement\nborough"),
    ("", "déneigement\nsnow removal"),
    ("", "congé\nvacances"),
    ("", "paie\nsalaire\npayroll"),
    ("fr", "courriel\nmél\ne-mail"),
    ("fr", "stationnement\nparking"),
    ("fr", "égout\naqueduc et égout"),
)


def add(apps, schema_editor):
    Synonym = apps.get_model("search", "Synonym")
    Synonym.objects.bulk_create([Synonym(language=language, ways=ways) for language, ways in FIRST])


def remove(apps, schema_editor):
    Synonym = apps.get_model("search", "Synonym")
    Synonym.objects.filter(ways__in=[ways for _language, ways in FIRST]).delete()


class Migration(migrations.Migration):

    dependencies = [
        ('search', '0003_object_outbox'),
    ]

    operations = [migrations.RunPython(add, remove)]
