"""The signed packet of a review: one zip that says what was decided, and can prove it.

docs/formats/packet.md specifies it. Every file is named with its SHA-256 in manifest.json, and
manifest.json is signed. viewer/index.html holds the manifest and copies of other files, so it
cannot stand in the manifest: it has a signature of its own, bound to that manifest.
"""

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, BinaryIO, Final
from uuid import UUID

from holotable.errors import PacketTooLarge
from holotable.exchange import container
from holotable.exchange.canonical import canonical, chained
from holotable.exchange.result import LeftOut, Result, decisions, log_entries, moment, plain
from holotable.exchange.signing import SigningKey
from holotable.exchange.topics import View

FORMAT: Final = "holotable-packet/1"
MANIFEST, SIGNATURE, PUBLIC_KEY = "manifest.json", "signature", "public_key.pem"
VIEWER, VIEWER_SIGNATURE = "viewer/index.html", "viewer/signature"
# Neither of them can be named in the manifest: they hold it, sign it, or are needed to read it.
OUTSIDE: Final = (MANIFEST, SIGNATURE, PUBLIC_KEY, VIEWER, VIEWER_SIGNATURE)
VIEWER_CONTEXT: Final = b"holotable-packet-viewer/1"

MAX_MODEL_BYTES: Final = 256 << 20  # of model.glb; a larger one is left out
MAX_INLINE_BYTES: Final = 64 << 20  # of model.glb in the viewer; beyond, the viewer asks for it
MAX_INLINE_FILES_BYTES: Final = 16 << 20  # of drawings and attachments in the viewer, together
MAX_CHANGES: Final = 20_000  # rows of compare.json

# Where the template of the viewer takes its data; frontend/src/packet makes it.
HOLE: Final = b"<!--holotable-packet-data-->"
_INLINE: Final[tuple[str, ...]] = ("decisions.json", "compare.json", "log.jsonl", "issues.json")


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into a packet.

    compare: compare.json; None when nothing was compared. model: model.glb, None without one.
    viewer: the built template; None when the page is not built.
    """

    result: Result
    report_html: bytes
    report_pdf: bytes
    issues_bcf: bytes
    model: bytes | None
    compare: Mapping[str, Any] | None
    viewer: bytes | None
    language: str
    files: Mapping[str, bytes] = field(default_factory=dict)  # beside issues, and drawings: by path


@dataclass(frozen=True, slots=True)
class Origin:
    """Where and when a packet was made."""

    packet_id: UUID
    review_id: UUID
    server: str  # its address as people type it, or ""
    software: str
    made_at: datetime
    made_by: str


def write_packet(target: BinaryIO, contents: Contents, origin: Origin, key: SigningKey) -> int:
    """Write the whole zip; returns its bytes. Equal contents, origin and key: equal bytes.

    raises: PacketTooLarge.
    """
    files = _files(contents)
    log, head = chained(log_entries(contents.result))
    files["log.jsonl"] = log
    entries = {name: _entry(content, name) for name, content in sorted(files.items())}
    manifest = canonical(
        {
            "format": FORMAT,
            "packet_id": str(origin.packet_id),
            "review_id": str(origin.review_id),
            "review": contents.result.number,
            "title": contents.result.title,
            "asset": contents.result.asset,
            "revision": contents.result.revision.label,
            "server": origin.server,
            "software": origin.software,
            "made_at": moment(origin.made_at),
            "made_by": origin.made_by,
            "language": contents.language,
            "key_id": key.public.id,
            "log": {"lines": log.count(b"\n"), "head": head},
            "left_out": plain(left_out_of(contents)),
            "attached": {
                "files": len(contents.files),
                "bytes": sum(len(one) for one in contents.files.values()),
            },
            "files": {name: said for name, (said, _) in entries.items()},
        }
    )
    signature = key.sign(manifest)
    members: list[tuple[str, bytes, bytes | None]] = [
        (name, files[name], deflated) for name, (_, deflated) in entries.items()
    ]
    members += [
        (MANIFEST, manifest, None),
        (SIGNATURE, signature, None),
        (PUBLIC_KEY, key.public.pem, None),
    ]
    if contents.viewer is not None:
        shown: dict[str, bytes] = {name: files[name] for name in _INLINE if name in files}
        if contents.model is not None and len(contents.model) <= MAX_INLINE_BYTES:
            shown["model.glb"] = contents.model
        shown |= _inline_files(contents.files)
        page = viewer_page(contents.viewer, manifest, signature, key.public.pem, shown)
        members.append((VIEWER, page, None))
        members.append((VIEWER_SIGNATURE, key.sign(viewer_statement(manifest, page)), None))
    try:
        return container.write(target, members)
    except ValueError as problem:
        raise PacketTooLarge() from problem


def _inline_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those that the page carries itself: in their order, as far as they fit."""
    shown: dict[str, bytes] = {}
    left = MAX_INLINE_FILES_BYTES
    for path, content in files.items():
        if len(content) <= left:
            shown[path] = content
            left -= len(content)
    return shown


def left_out_of(contents: Contents) -> tuple[LeftOut, ...]:
    """What a packet of these contents does not hold, and why."""
    left_out = list(contents.result.left_out)
    model = contents.model
    if contents.viewer is None:
        left_out.append(LeftOut(VIEWER, "The page of this server is not built."))
    elif model is not None and len(model) > MAX_INLINE_BYTES:
        why = f"It is larger than {MAX_INLINE_BYTES >> 20} MB: the page asks for the file."
        left_out.append(LeftOut(f"model.glb in {VIEWER}", why))
    return tuple(left_out)


def _files(contents: Contents) -> dict[str, bytes]:
    """The files that the manifest names, but the log."""
    files = {
        "README.txt": _readme(contents.result).encode(),
        "decisions.json": canonical(decisions(contents.result)),
        "issues.json": canonical(issues_document(contents.result)),
        "issues.bcfzip": contents.issues_bcf,
        "report.html": contents.report_html,
        "report.pdf": contents.report_pdf,
    }
    if contents.compare is not None:
        files["compare.json"] = canonical(contents.compare)
    if contents.model is not None:
        files["model.glb"] = contents.model
    return {**files, **contents.files}


def _entry(content: bytes, name: str) -> tuple[dict[str, Any], bytes | None]:
    """What the manifest says of a file, and the file deflated if that is worth it."""
    said: dict[str, Any] = {"sha256": sha256(content).hexdigest(), "bytes": len(content)}
    if name.endswith((".pdf", ".bcfzip", ".png", ".jpg", ".jpeg", ".webp", ".zip")):
        return said, None
    deflated = container.packed(content)
    if len(deflated) >= len(content):
        return said, None
    # Deflate has bits that nobody reads (RFC 1951 §3.2.3); so what is stored is signed as well.
    said["deflated"] = {"sha256": sha256(deflated).hexdigest(), "bytes": len(deflated)}
    return said, deflated


def viewer_statement(manifest: bytes, page: bytes) -> bytes:
    """What viewer/signature signs: that this page belongs to this manifest."""
    said = (
        VIEWER_CONTEXT,
        sha256(manifest).hexdigest().encode(),
        sha256(page).hexdigest().encode(),
    )
    return b"\n".join(said) + b"\n"


def viewer_page(
    template: bytes,
    manifest: bytes,
    signature: bytes,
    public_key: bytes,
    files: Mapping[str, bytes],
) -> bytes:
    """The page with the packet inside: base64 alone, which can end no script element.

    raises: ValueError when the template has no place for it, or more than one.
    """
    if template.count(HOLE) != 1:
        raise ValueError("the viewer's template has no place for the packet")
    said = {
        "manifest": _base64(manifest),
        "signature": _base64(signature),
        "public_key": _base64(public_key),
        "files": {
            name: _base64(gzip.compress(content, 6, mtime=0)) for name, content in files.items()
        },
    }
    block = b'<script type="application/json" id="packet">' + canonical(said) + b"</script>"
    return template.replace(HOLE, block)


def issues_document(result: Result) -> dict[str, Any]:
    """issues.json: what the viewer shows of issues; issues.bcfzip is for BCF programs."""
    topics = []
    for topic in result.topics:
        said = plain(topic)
        said["views"] = [_view(view) for view in topic.views]
        topics.append(said)
    drawings = [plain(one) for one in result.drawings]
    return {"format": "holotable-packet-issues/1", "issues": topics, "drawings": drawings}


def _view(view: View) -> dict[str, Any]:
    """A view with its picture as a data URL."""
    said: dict[str, Any] = plain(view)
    said["snapshot"] = None
    if view.snapshot is not None:
        picture = view.snapshot
        said["snapshot"] = f"data:{picture.media_type};base64,{_base64(picture.content)}"
    return said


def compare_document(
    summary: Mapping[str, Any],
    stops: Sequence[Mapping[str, Any]],
    changes: Sequence[Mapping[str, Any]],
    labels: tuple[str, str],
) -> dict[str, Any]:
    """compare.json: totals, the tour, and which occurrences changed, by their stable ids."""
    return {
        "format": "holotable-packet-compare/1",
        "from": labels[0],
        "to": labels[1],
        "summary": summary,
        "stops": stops[:MAX_CHANGES],
        "stops_total": len(stops),
        "changes": changes[:MAX_CHANGES],
        "changes_total": len(changes),
    }


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _readme(result: Result) -> str:
    return f"""Review #{result.number} of {result.asset}, revision {result.revision.label}

This packet holds what was decided and what it was decided about. It needs no server.

  viewer/index.html  open it in a browser: the model, what changed, issues, decisions; offline
  report.html .pdf   the result for people
  model.glb          the reviewed revision as glTF 2.0; any glTF viewer opens it
  compare.json       what changed between the two revisions
  attachments/       files beside issues and comments, a folder for each issue
  drawings/          drawings of the revision, and others that issues stand on
  issues.bcfzip      the issues as BCF 3.0; issues.json the same for the viewer
  decisions.json     verdicts, rule, people, checklist
  log.jsonl          what happened, each line holding the SHA-256 of the line before
  manifest.json      the SHA-256 of every file above; signed
  signature          Ed25519 over the bytes of manifest.json
  viewer/signature   Ed25519 over the page and the manifest together
  public_key.pem     the key that verifies both; ask its server whether it is its own

To check all of it:  holotable verify PACKET.zip --key PUBLIC.pem
Without --key you learn that nothing was changed since it was signed, not who signed it.
"""


def read_manifest(content: bytes) -> dict[str, Any] | None:
    """A manifest as it was written; None when it is none of this format."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        return None
    files, log = found.get("files"), found.get("log")
    if not isinstance(files, dict) or not isinstance(log, dict):
        return None
    return found
