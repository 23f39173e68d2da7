"""The first bytes of an image file -> its height and width, without decoding it. PNG and JPEG, which most are."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, Final

_MOST_SEGMENTS: Final = 200
"""Of a JPEG before its size: each of up to 64 KiB is passed over, not read."""
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_MOST_EXIF: Final = 2**16
_ORIENTATION: Final = 0x0112


def size(path: Path) -> tuple[int, int] | None:
    """Height and width, upright; None where the file is another one, or damaged."""
    try:
        with path.open("rb") as file:
            start = file.read(26)
            if start.startswith(b"\x89PNG\r\n\x1a\n") and start[12:16] == b"IHDR":
                return _some(int.from_bytes(start[20:24], "big"), int.from_bytes(start[16:20], "big"))
            if start.startswith(b"\xff\xd8"):
                file.seek(2)
                return _of_jpeg(file)
    except (OSError, ValueError):
        return None
    return None


def _of_jpeg(file: BinaryIO) -> tuple[int, int] | None:
    is_turned = False
    for _ in range(_MOST_SEGMENTS):
        head = file.read(2)
        while head[1:] == b"\xff":  # fill bytes
            head = b"\xff" + file.read(1)
        length = int.from_bytes(file.read(2), "big") - 2
        if len(head) < 2 or head[0] != 0xFF or length < 0:
            return None
        if head[1] in _FRAMES:
            frame = file.read(5)
            height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
            return _some(width, height) if is_turned else _some(height, width)
        if head[1] == 0xE1:
            is_turned = is_turned or _turns(file.read(min(length, _MOST_EXIF)))
        else:
            file.seek(length, 1)
    return None


def _turns(exif: bytes) -> bool:
    """Whether EXIF says that the image lies on its side."""
    if not exif.startswith(b"Exif\0\0"):
        return False
    tiff = exif[6:]
    order = {b"II": "little", b"MM": "big"}.get(tiff[:2])
    if order is None:
        return False

    def number(at: int, count: int) -> int:
        return int.from_bytes(tiff[at : at + count], "little" if order == "little" else "big")

    first = number(4, 4)
    for index in range(min(number(first, 2), 1000)):
        at = first + 2 + 12 * index
        if number(at, 2) == _ORIENTATION:
            return number(at + 8, 2) in (5, 6, 7, 8)
    return False


def _some(height: int, width: int) -> tuple[int, int] | None:
    return (height, width) if height and width else None
