"""Photos without what they tell beside the picture: no position, no owner, no date, no thumbnail.

Segments are copied, the picture is never packed again, so nothing of it is lost. Which side is up
is kept, as it stands in the same block as the position: a new block says that alone.

JPEG: ITU-T T.81 (1992) Annex B; Exif: CIPA DC-008-2019 section 4.6; PNG: W3C PNG (third edition,
2025) section 11.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from visitkit.errors import StoreError

_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
_EXIF = b"Exif\x00\x00"
_ORIENTATION, _POSITION = 0x0112, 0x8825
_SOI, _EOI, _SOS, _APP0, _APP1, _APP2, _APP14, _APP15, _COM = (
    0xD8,
    0xD9,
    0xDA,
    0xE0,
    0xE1,
    0xE2,
    0xEE,
    0xEF,
    0xFE,
)
#: Frame headers; they hold height and width.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
#: Chunks of a PNG that make its picture; every other tells something beside it.
_KEPT = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT bKGD pHYs iCCP cICP acTL fcTL fdAT".split()
)
#: Orientations in which the picture lies on its side.
_TURNED = frozenset({5, 6, 7, 8})
#: Marker of a segment or kind of a chunk, and what it holds.
Part = tuple[int | bytes, bytes]


@dataclass(frozen=True)
class Look:
    """What a photo is.

    Parameters
    ----------
    kind
        ``"jpeg"`` or ``"png"``.
    width, height
        In pixels, as a person sees it.
    position
        It holds a block with the place where it was taken.
    """

    kind: str
    width: int
    height: int
    position: bool

    @property
    def landscape(self) -> bool:
        """Whether the telephone was held sideways."""
        return self.width > self.height


def look(photo: bytes) -> Look:
    """Return what a photo is.

    Raises
    ------
    StoreError
        When it is no JPEG or PNG photo, or is broken.
    """
    jpeg = photo.startswith(_JPEG)
    parts: list[Part] = [*_segments(photo)] if jpeg else [*_chunks(photo)]
    width, height = _size_of_jpeg(parts) if jpeg else _size_of_png(parts)
    blocks = [_exif(marker, body) for marker, body in parts]
    tags = [tags for block in blocks if block for tags in [_tags(block)]]
    if any(one.get(_ORIENTATION) in _TURNED for one in tags):
        width, height = height, width
    position = any(_POSITION in one for one in tags) or _told_elsewhere(parts)
    return Look("jpeg" if jpeg else "png", width, height, position)


def clean_photo(photo: bytes) -> bytes:
    """Return a photo without anything beside its picture.

    Parameters
    ----------
    photo
        Bytes of a JPEG or PNG file.

    Returns
    -------
    bytes
        The same picture, for the store to keep; which side is up is kept.

    Raises
    ------
    StoreError
        When it is no JPEG or PNG photo, or is broken.
    """
    if photo.startswith(_JPEG):
        return _clean_jpeg(photo)
    chunks = list(_chunks(photo))
    turned = _turned(chunks)
    parts = [_PNG]
    for kind, body in chunks:
        if kind in _KEPT:
            parts.append(_chunk(kind, body))
        if kind == b"IHDR" and turned:
            parts.append(_chunk(b"eXIf", _orientation(turned)))
    return b"".join(parts)


def _clean_jpeg(photo: bytes) -> bytes:
    segments = list(_segments(photo))
    turned = _turned(segments)
    parts = [b"\xff\xd8"]
    if turned:
        parts.append(_segment(_APP1, _EXIF + _orientation(turned)))
    for marker, body in segments:
        if marker == _SOI or not _makes_picture(marker, body):
            continue
        if marker == _APP0:
            # density alone: a thumbnail may follow it
            parts.append(_segment(_APP0, body[:12] + b"\x00\x00"))
        elif marker == 0:
            parts.append(body)
        else:
            parts.append(_segment(marker, body))
    return b"".join([*parts, b"\xff\xd9"])


def _makes_picture(marker: int, body: bytes) -> bool:
    if marker == _APP0:
        return body.startswith(b"JFIF\x00") and len(body) >= 12
    if marker == _APP2:
        return body.startswith(b"ICC_PROFILE\x00")
    if marker == _APP14:
        return body.startswith(b"Adobe")
    return not (_APP0 <= marker <= _APP15 or marker == _COM)


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _segments(photo: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and body of each segment; marker 0 is the picture after a scan header.

    What follows the end of the picture is left out: telephones hang a film or a second picture
    there.
    """
    at = 2
    while True:
        while photo[at : at + 2] == b"\xff\xff":
            at += 1
        if photo[at : at + 1] != b"\xff" or at + 2 > len(photo):
            raise StoreError("forms.photo_broken")
        marker = photo[at + 1]
        if marker == _EOI:
            return
        length = int.from_bytes(photo[at + 2 : at + 4], "big")
        body = photo[at + 4 : at + 2 + length]
        if length < 2 or len(body) != length - 2:
            raise StoreError("forms.photo_broken")
        yield marker, body
        at += 2 + length
        if marker == _SOS:
            end = _end_of_scan(photo, at)
            yield 0, photo[at:end]
            at = end


def _end_of_scan(photo: bytes, start: int) -> int:
    at = start
    while True:
        at = photo.find(b"\xff", at)
        if at < 0 or at + 1 >= len(photo):
            raise StoreError("forms.photo_broken")
        following = photo[at + 1]
        if following == 0xFF:
            at += 1
        elif following == 0 or 0xD0 <= following <= 0xD7:
            at += 2
        else:
            return at


def _chunks(photo: bytes) -> Iterator[tuple[bytes, bytes]]:
    if not photo.startswith(_PNG):
        raise StoreError("forms.not_a_photo")
    at = len(_PNG)
    while True:
        length, kind = int.from_bytes(photo[at : at + 4], "big"), photo[at + 4 : at + 8]
        body = photo[at + 8 : at + 8 + length]
        if len(kind) != 4 or len(body) != length:
            raise StoreError("forms.photo_broken")
        yield kind, body
        if kind == b"IEND":
            return
        at += 12 + length


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _size_of_jpeg(parts: Sequence[Part]) -> tuple[int, int]:
    for marker, body in parts:
        if marker in _FRAMES and len(body) >= 5:
            height, width = struct.unpack(">HH", body[1:5])
            return width, height
    raise StoreError("forms.photo_broken")


def _size_of_png(parts: Sequence[Part]) -> tuple[int, int]:
    for kind, body in parts:
        if kind == b"IHDR" and len(body) >= 8:
            width, height = struct.unpack(">II", body[:8])
            return width, height
    raise StoreError("forms.photo_broken")


def _exif(marker: int | bytes, body: bytes) -> bytes:
    """Return the Exif block in a segment or chunk, empty where there is none."""
    if marker == b"eXIf":
        return body
    return body[len(_EXIF) :] if marker == _APP1 and body.startswith(_EXIF) else b""


def _told_elsewhere(parts: Sequence[Part]) -> bool:
    """Tell whether an XMP packet or a text names a position; they repeat it by name."""
    words = (b"GPSLatitude", b"GPSLongitude")
    texts = (_APP1, b"iTXt", b"tEXt")
    return any(marker in texts and any(one in body for one in words) for marker, body in parts)


def _tags(block: bytes) -> dict[int, int]:
    """Return the tags of the first directory of an Exif block with their first short value."""
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None or len(block) < 8:
        return {}
    start = struct.unpack(order + "I", block[4:8])[0]
    if start + 2 > len(block):
        return {}
    found: dict[int, int] = {}
    for number in range(struct.unpack(order + "H", block[start : start + 2])[0]):
        entry = block[start + 2 + 12 * number : start + 14 + 12 * number]
        if len(entry) < 12:
            break
        tag, _, _, value = struct.unpack(order + "HHIH", entry[:10])
        found[tag] = value
    return found


def _turned(parts: Sequence[Part]) -> int:
    """Return the orientation where it is not the usual one, else 0."""
    for marker, body in parts:
        value = _tags(_exif(marker, body)).get(_ORIENTATION, 0)
        if 2 <= value <= 8:
            return value
    return 0


def _orientation(value: int) -> bytes:
    """Return an Exif block that holds nothing but which side is up."""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, value, 0)
    return b"MM\x00\x2a" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
