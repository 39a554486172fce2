from django.urls import path

from .views import boards, downloads, drawings, pictures, reading, settings, versions

app_name = "whiteboards"
urlpatterns = [
    path("", boards.boards, name="boards"),
    path("new/", boards.new_board, name="new"),
    path("trash/", boards.trash, name="trash"),
    path("library.json", drawings.library, name="library"),
    path("templates/<slug:key>.svg", drawings.template, name="template"),
    path("in/<slug:slug>/", boards.in_space, name="in_space"),
    path("<uuid:uuid>/", boards.board, name="board"),
    path("<uuid:uuid>/view/", reading.view, name="view"),
    path("<uuid:uuid>/notes/", reading.add_notes, name="add_notes"),
    path("<uuid:uuid>/thumbnail.svg", drawings.thumbnail, name="thumbnail"),
    path("<uuid:uuid>/drawing.svg", drawings.drawing, name="drawing"),
    path("<uuid:uuid>/settings/", settings.settings, name="settings"),
    path("<uuid:uuid>/view-only/", settings.switch, name="switch"),
    path("<uuid:uuid>/move/", settings.move, name="move"),
    path("<uuid:uuid>/duplicate/", settings.duplicate, name="duplicate"),
    path("<uuid:uuid>/trash/", settings.put_in_trash, name="put_in_trash"),
    path("<uuid:uuid>/restore/", settings.restore, name="restore"),
    path("<uuid:uuid>/import/", reading.take_in, name="take_in"),
    path("<uuid:uuid>/images/", pictures.pictures, name="images"),
    path("<uuid:uuid>/images/<uuid:image>/", pictures.picture, name="image"),
    path("<uuid:uuid>/list.txt", downloads.list_txt, name="list_txt"),
    path("<uuid:uuid>/list.csv", downloads.list_csv, name="list_csv"),
    path("<uuid:uuid>/board.excalidraw", downloads.excalidraw, name="excalidraw"),
    path("<uuid:uuid>/history/", versions.history, name="history"),
    path("<uuid:uuid>/history/name/", versions.name, name="name_version"),
    path("<uuid:uuid>/history/<uuid:version>/", versions.version, name="version"),
    path("<uuid:uuid>/history/<uuid:version>/thumbnail.svg", drawings.version_thumbnail, name="version_thumbnail"),
    path("<uuid:uuid>/history/<uuid:version>/drawing.svg", drawings.version_drawing, name="version_drawing"),
    path("<uuid:uuid>/history/<uuid:version>/restore/", versions.restore, name="restore_version"),
]
