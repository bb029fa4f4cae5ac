"""What lies beside the topics of a BCF file, as blobs: pictures, documents, snippets."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID

from holotable.errors import UnsafeAttachment
from holotable.exchange.bcf_model import BcfFile, Topic
from holotable.review.attachment import HEAD_BYTES, recognise
from holotable.store.blobs import Blobs, put_bytes

DOCUMENTS: Final = UUID(int=0)  # under which the documents of the whole file stand
_MAX_SNAPSHOT_BYTES: Final = 8 << 20  # as of views made here; a larger one is only kept


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of a topic as a blob. media_type: of a picture that a browser may show, else ""."""

    sha256: str
    bytes: int
    media_type: str = ""


async def keep(file: BcfFile, blobs: Blobs, *, dry_run: bool) -> dict[UUID, dict[str, Kept]]:
    """Every file of every topic as a blob; documents under their guid. dry_run: only measured."""
    found: dict[UUID, dict[str, Kept]] = {}
    documents = {str(one.guid): one.content for one in file.documents if one.content is not None}
    for owner, files in [*file.files.items(), (DOCUMENTS, documents)]:
        for name, content in files.items():
            digest = sha256(content).hexdigest()
            if not dry_run:
                digest = (await put_bytes(blobs, content)).sha256
            found.setdefault(owner, {})[name] = Kept(digest, len(content), _picture(content))
    return found


def named_revisions(topic: Topic) -> list[UUID]:
    """Revisions that the models of a topic name by our addresses."""
    found = []
    for one in topic.header_files or ():
        _, mark, rest = (one.reference or "").partition("/api/v1/revisions/")
        if mark:
            try:
                found.append(UUID(rest[:36]))
            except ValueError:
                continue  # an address of something else
    return found


def _picture(content: bytes) -> str:
    """The type of a picture that a browser may show, else ""."""
    if len(content) > _MAX_SNAPSHOT_BYTES:
        return ""
    try:
        media = recognise(content[:HEAD_BYTES], "")
    except UnsafeAttachment:
        return ""  # it is kept, and shown to nobody
    return media.media_type if media.kind == "picture" else ""
