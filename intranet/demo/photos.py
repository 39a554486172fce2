"""Pictures for a few people of the demo city: coloured shapes in the place of a face, since nobody there is real."""

import io
import random
from functools import lru_cache

from PIL import Image, ImageDraw

SIDE = 320
# One person in ten.
SHARE = 0.1
# Ground, clothes, skin, hair: soft and far enough apart.
_GROUNDS = ("#dcebe9", "#e1e8f5", "#ebe3f3", "#f7e1e6", "#f9e6d8", "#f4ebcb", "#e2edd6", "#e6e5e0")
_CLOTHES = ("#0a5c63", "#274578", "#573579", "#84263f", "#7c3d10", "#385415", "#45474b", "#1e6b3a")
_SKINS = ("#f3d3b9", "#e3b48f", "#c98f66", "#a36a43", "#7a4a2b", "#55331f")
_HAIRS = ("#2a211c", "#4a3423", "#7a4f2a", "#b5853f", "#8d8d8d", "#d9d4cc", "#6b2f1c")


def has_photo(username: str) -> bool:
    """Whether the demo gives this person a picture: one in ten, always the same ones."""
    return random.Random(f"photo {username}").random() < SHARE


@lru_cache(maxsize=4096)
def photo_of(username: str) -> bytes:
    """A JPEG of some 8 kB, the same for the same user name; empty for who has none."""
    if not has_photo(username):
        return b""
    rng = random.Random(f"portrait {username}")
    image = Image.new("RGB", (SIDE, SIDE), rng.choice(_GROUNDS))
    draw = ImageDraw.Draw(image)
    for _number in range(3):
        x, y, size = rng.randrange(SIDE), rng.randrange(SIDE), rng.randrange(60, 160)
        draw.ellipse((x - size, y - size, x + size, y + size), fill=rng.choice(_GROUNDS))
    skin, hair, middle = rng.choice(_SKINS), rng.choice(_HAIRS), SIDE // 2 + rng.randrange(-6, 7)
    long_hair = rng.random() < 0.5
    if long_hair:
        draw.rounded_rectangle((middle - 82, 70, middle + 82, 235), 70, fill=hair)
    draw.rounded_rectangle((middle - 125, 228, middle + 125, SIDE + 80), 95, fill=rng.choice(_CLOTHES))
    draw.rounded_rectangle((middle - 28, 180, middle + 28, 250), 26, fill=skin)
    draw.ellipse((middle - 64, 72, middle + 64, 216), fill=skin)
    draw.pieslice(
        (middle - 70, 60, middle + 70, 190), 180 + rng.randrange(-8, 9), 360 + rng.randrange(-8, 9), fill=hair
    )
    if rng.random() < 0.35:
        for side in (-1, 1):
            x = middle + side * 27
            draw.ellipse((x - 20, 130, x + 20, 166), outline="#2a211c", width=4)
    # A little grain, as a camera has; it also gives the file the size of a real one.
    grain = Image.frombytes("L", (SIDE, SIDE), rng.randbytes(SIDE * SIDE))
    image = Image.blend(image, Image.merge("RGB", (grain, grain, grain)), 0.035)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=68)
    return file.getvalue()
