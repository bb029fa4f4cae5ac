"""Blobs over HTTP: strong ETags, ranges, and names that a header can carry."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from fastapi import HTTPException, Request, Response
from fastapi.responses import StreamingResponse

from holotable.store.blobs import Blobs

_RANGE: Final = re.compile(r"bytes=(\d*)-(\d*)")


def blob_response(
    request: Request,
    blobs: Blobs,
    *,
    sha256: str,
    size: int,
    media_type: str,
    headers: Mapping[str, str],
    encoded: bool = False,
) -> Response:
    """A blob, a part of it, or 304 when the client has it (RFC 9110 §13.1.2, §14.2).

    encoded: the bytes are a Content-Encoding of something else; ranges are not offered then.
    """
    tag = f'"{sha256}"'
    kept = {**headers, "ETag": tag}
    if not encoded:
        kept["Accept-Ranges"] = "bytes"
    if _matches(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=kept)
    span = None if encoded else requested_range(request, tag, size)
    if span is None:
        start, end, status = 0, size, 200
    else:
        start, end = span
        status = 206
        kept["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    kept["Content-Length"] = str(end - start)
    if request.scope.get("state", {}).get("is_head"):
        return Response(status_code=status, headers=kept, media_type=media_type)
    return StreamingResponse(
        blobs.read(sha256, start, end), status_code=status, headers=kept, media_type=media_type
    )


def requested_range(request: Request, tag: str, size: int) -> tuple[int, int] | None:
    """(first byte, byte behind the last) of a single range; None is the whole file.

    Several ranges, other units and nonsense are ignored, as RFC 9110 §14.2 allows.
    raises: HTTPException 416, the only refusal of ours with a header of its own.
    """
    found = _RANGE.fullmatch(request.headers.get("range", "").strip())
    condition = request.headers.get("if-range")
    if found is None or (condition is not None and condition.strip() != tag):
        return None
    first, last = found.groups()
    if not first and not last:
        return None
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start = int(first)
        end = min(size, int(last) + 1) if last else size
        if last and int(last) < int(first):
            return None
    if start >= end:
        outside = "The requested range lies outside the file."
        raise HTTPException(416, outside, headers={"Content-Range": f"bytes */{size}"})
    return start, end


def accepts_gzip(request: Request) -> bool:
    """Whether the client takes Content-Encoding gzip (RFC 9110 §12.5.3)."""
    for item in request.headers.get("accept-encoding", "").split(","):
        coding, _, weight = item.partition(";")
        if coding.strip().lower() in ("gzip", "*"):
            return weight.replace(" ", "").lower() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def content_disposition(name: str) -> str:
    """An attachment under this name, whatever characters it has (RFC 6266 §4.3)."""
    plain = re.sub(r'[^\w .()+,-]|["\\]', "_", name, flags=re.ASCII)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _matches(condition: str | None, tag: str) -> bool:
    """If-None-Match compares weakly (RFC 9110 §13.1.2)."""
    if condition is None:
        return False
    sent = [one.strip().removeprefix("W/") for one in condition.split(",")]
    return "*" in sent or tag in sent
