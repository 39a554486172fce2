"""The small numbers and texts of Yjs' wire format (lib0): how they are written and read."""

# More bits than this no browser's number holds: nothing larger is passed on to one.
LARGEST = 2**53 - 1


class Malformed(ValueError):
    """These bytes are not what they should be."""


def varuint(number: int) -> bytes:
    """A whole number in groups of seven bits."""
    if number < 128:
        return bytes((number,))
    groups = bytearray()
    while number > 127:
        groups.append(128 | number & 127)
        number >>= 7
    groups.append(number)
    return bytes(groups)


def varbytes(data: bytes) -> bytes:
    """Bytes, or a text in UTF-8, with their length in front."""
    return varuint(len(data)) + data


def read_varuint(data: bytes, at: int) -> tuple[int, int]:
    """The number that begins at `at`, and where what follows it begins. Malformed; IndexError past the end."""
    byte = data[at]
    at += 1
    if byte < 128:
        return byte, at
    number, shift = byte & 127, 7
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        if byte < 128:
            break
        shift += 7
        if shift > 49:
            raise Malformed("a number too large")
    if number > LARGEST:
        raise Malformed("a number too large")
    return number, at


def read_varbytes(data: bytes, at: int) -> tuple[bytes, int]:
    """The bytes that begin at `at` with their length, and where what follows begins. Malformed."""
    length, at = read_varuint(data, at)
    end = at + length
    if end > len(data):
        raise Malformed("cut short")
    return data[at:end], end
