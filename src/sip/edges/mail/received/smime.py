"""The mail inside an opaque-signed one (RFC 8551, section 3.5.2; CMS, RFC 5652, section 5), so that a person sees it.

The law of this file: the signature says nothing here (who may be believed is told by our own mail server and the
token), so only the envelope of lengths is walked, with nothing decoded but what leads to the content. It never raises.
"""

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_DATA = bytes.fromhex("06092a864886f70d010701")
_SEQUENCE, _SET, _OCTETS, _CONSTRUCTED, _EXPLICIT = 0x30, 0x31, 0x04, 0x24, 0xA0
MAX_DEPTH = 8
MAX_PIECES = 100_000


def content(data: bytes) -> bytes | None:
    """What was signed, a MIME entity; None when it is encrypted, detached or no such object."""
    try:
        return _content(data)
    except (IndexError, ValueError):
        return None


def _content(data: bytes) -> bytes | None:
    place = _into(data, 0, _SEQUENCE)
    if not data.startswith(_SIGNED_DATA, place):
        return None
    place = _into(data, _into(data, place + len(_SIGNED_DATA), _EXPLICIT), _SEQUENCE)
    place = _after(data, place, 0x02)  # the version
    place = _after(data, place, _SET)  # the digest algorithms
    place = _into(data, place, _SEQUENCE)
    if not data.startswith(_DATA, place):
        return None
    place = _into(data, place + len(_DATA), _EXPLICIT)
    return b"".join(_octets(data, place, MAX_DEPTH)[0])


def _head(data: bytes, place: int) -> tuple[int, int, int | None]:
    """Tag, where the value begins, and its length; None for one that is ended by two zeros (X.690, section 8.1.3)."""
    first = data[place + 1]
    if first < 0x80:
        return data[place], place + 2, first
    if first == 0x80:
        return data[place], place + 2, None
    many = first & 0x7F
    if many > 4:
        raise ValueError("too long")
    begins = place + 2 + many
    length = int.from_bytes(data[place + 2 : begins], "big")
    if begins + length > len(data):
        raise ValueError("cut off")
    return data[place], begins, length


def _into(data: bytes, place: int, tag: int) -> int:
    found, begins, _ = _head(data, place)
    if found != tag:
        raise ValueError("another tag")
    return begins


def _after(data: bytes, place: int, tag: int) -> int:
    found, begins, length = _head(data, place)
    if found != tag or length is None:
        raise ValueError("another tag, or a set without a length, which nobody writes")
    return begins + length


def _octets(data: bytes, place: int, depth: int) -> tuple[list[bytes], int]:
    """An octet string, whole or in pieces, and where it ends."""
    tag, begins, length = _head(data, place)
    if tag == _OCTETS and length is not None:
        return [data[begins : begins + length]], begins + length
    if tag != _CONSTRUCTED or not depth:
        raise ValueError("no octets")
    pieces: list[bytes] = []
    place, end = begins, None if length is None else begins + length
    while place != end and data[place : place + 2] != b"\x00\x00":
        found, place = _octets(data, place, depth - 1)
        pieces += found
        if len(pieces) > MAX_PIECES:
            raise ValueError("too many pieces")
    return pieces, place + 2 if end is None else place
