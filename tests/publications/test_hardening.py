"""What somebody who means harm, or two people at once, may not get out of publications."""

import time

from publications.comparing import compare


def text(body: str) -> dict[str, str]:
    return {"title": "", "summary": "", "body": body}


def test_comparing_texts_made_to_be_slow_takes_no_time() -> None:
    """Texts full of what is alike: each took from 20 seconds to minutes."""
    pairs = [
        ("".join(f"<p>{one}</p>" for one in "ab" * 6000), "".join(f"<p>{one}</p>" for one in "ba" * 6000 + "c")),
        ("".join(f"<p>{n}</p>" for n in range(15000)), "".join(f"<p>{n - n % 2}</p>" for n in range(15000))),
        (f"<p>{'a b ' * 370}</p>" * 40, f"<p>{'b c a ' * 240}</p>" * 40),
    ]
    for old, new in pairs:
        begun = time.process_time()
        [*_lines, body] = compare(text(old), text(new))
        assert time.process_time() - begun < 4
        assert "<del>" in body.html and "<ins>" in body.html


def test_comparing_still_tells_the_words() -> None:
    [*_lines, body] = compare(
        text(f"<p>{'bien ' * 2000}lundi {'assez ' * 2000}</p><p>Trois</p>"),
        text(f"<p>{'bien ' * 2000}mardi {'assez ' * 2000}</p><p>Deux</p><p>Trois</p>"),
    )
    assert "<del>lundi</del><ins>mardi</ins>" in body.html
    assert "<p><ins>Deux</ins></p><p>Trois</p>" in body.html
