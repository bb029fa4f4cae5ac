"""Whether a packet is as it was signed: `holotable verify`, and nothing of a server.

A packet comes from anywhere. Nothing is unpacked to the disk, no file is believed to be as large
as it says, and the first wrong byte of the zip itself ends the reading.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, Final

from holotable.exchange import container
from holotable.exchange.canonical import check_chain
from holotable.exchange.container import Malformed, Member
from holotable.exchange.packet import (
    MANIFEST,
    MAX_MODEL_BYTES,
    OUTSIDE,
    PUBLIC_KEY,
    SIGNATURE,
    VIEWER,
    VIEWER_SIGNATURE,
    read_manifest,
    viewer_statement,
)
from holotable.exchange.signing import VerifyKey, read_public

MAX_SMALL_BYTES: Final = 16 << 20  # manifest, signatures, key
MAX_FILE_BYTES: Final = max(MAX_MODEL_BYTES, 1 << 30)
LOG: Final = "log.jsonl"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was signed. file: of the packet; "" for the zip itself."""

    file: str
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a check. trusted: None when no key was given to compare with.

    manifest: as it was read, for showing; only to be believed when there are no findings.
    """

    findings: tuple[Finding, ...]
    key_id: str = ""
    trusted: bool | None = None
    files: int = 0
    manifest: Mapping[str, Any] | None = None

    @property
    def holds(self) -> bool:
        """Whether everything is as it was signed, by the given key if one was given."""
        return not self.findings and self.trusted is not False


def check_packet(path: Path, trusted: Sequence[VerifyKey] = ()) -> Verdict:
    """Check one file. trusted: keys that may have signed it; none: the one inside is taken.

    raises: OSError when the file cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as source:
        try:
            members = container.read(source, size)
        except Malformed as problem:
            return Verdict((Finding("", str(problem)),))
        return _Check(source, members, trusted).run()


class _Check:
    """One packet, read member by member."""

    def __init__(
        self, source: BinaryIO, members: Sequence[Member], trusted: Sequence[VerifyKey]
    ) -> None:
        self._source, self._members, self._trusted = source, container.names(members), trusted
        self._order = [one.name for one in members]
        self._findings: list[Finding] = []

    def run(self) -> Verdict:
        """All of it; what can still be said is said."""
        content = {name: self._small(name) for name in (MANIFEST, SIGNATURE, PUBLIC_KEY)}
        signed, signature, pem = (content[name] for name in (MANIFEST, SIGNATURE, PUBLIC_KEY))
        manifest = None if signed is None else read_manifest(signed)
        if signed is not None and manifest is None:
            self._find(MANIFEST, "it is no manifest of a packet that this version knows")
        key = None if pem is None else read_public(pem)
        if pem is not None and (key is None or key.pem != pem):
            self._find(PUBLIC_KEY, "it is not the one form of a public key of Ed25519")
        if manifest is None or key is None or signed is None or signature is None:
            return self._verdict(key, manifest)
        if manifest.get("key_id") != key.id:
            self._find(PUBLIC_KEY, "it is not the key that the manifest names")
        if not key.verifies(signature, signed):
            self._find(SIGNATURE, "it is no signature of manifest.json by the key inside")
        self._viewer(signed, key)
        self._files(manifest)
        self._log(manifest)
        return self._verdict(key, manifest)

    def _verdict(self, key: VerifyKey | None, manifest: dict[str, Any] | None) -> Verdict:
        trusted = None
        if self._trusted:
            trusted = key is not None and key.id in {one.id for one in self._trusted}
        return Verdict(
            tuple(self._findings),
            key_id=key.id if key else "",
            trusted=trusted,
            files=len(self._members),
            manifest=manifest,
        )

    def _find(self, file: str, why: str) -> None:
        self._findings.append(Finding(file, why))

    def _small(self, name: str) -> bytes | None:
        member = self._members.get(name)
        if member is None:
            self._find(name, "it is missing")
            return None
        if member.method != container.STORED:
            self._find(name, "it is packed otherwise than it was signed")
        try:
            return container.read_all(self._source, member, MAX_SMALL_BYTES)
        except Malformed as problem:
            self._find(name, str(problem))
            return None

    def _viewer(self, signed: bytes, key: VerifyKey) -> None:
        page, signature = self._members.get(VIEWER), self._members.get(VIEWER_SIGNATURE)
        if page is None and signature is None:
            return  # a packet of a server whose page is not built; left_out says so
        if page is None or signature is None:
            self._find(VIEWER if page is None else VIEWER_SIGNATURE, "it is missing")
            return
        if page.method != container.STORED:
            self._find(VIEWER, "it is packed otherwise than it was signed")
        try:
            shown = container.read_all(self._source, page, MAX_FILE_BYTES)
            written = container.read_all(self._source, signature, MAX_SMALL_BYTES)
        except Malformed as problem:
            self._find(VIEWER, str(problem))
            return
        if signature.method != container.STORED:
            self._find(VIEWER_SIGNATURE, "it is packed otherwise than it was signed")
        if not key.verifies(written, viewer_statement(signed, shown)):
            self._find(VIEWER, "it, or its signature, is not as it was signed")

    def _files(self, manifest: dict[str, Any]) -> None:
        named: dict[str, Any] = manifest["files"]
        for name in self._order:
            if name not in named and name not in OUTSIDE:
                self._find(name, "it is not named in the manifest")
        for name, said in named.items():
            member = self._members.get(name)
            if member is None:
                self._find(name, "it is missing")
            elif not isinstance(said, dict):
                self._find(name, "the manifest says nothing of it")
            else:
                self._file(member, said)

    def _file(self, member: Member, said: Mapping[str, Any]) -> None:
        deflated = said.get("deflated")
        if (member.method == container.DEFLATED) != isinstance(deflated, dict):
            self._find(member.name, "it is packed otherwise than it was signed")
            return
        try:
            if isinstance(deflated, dict):
                found = sha256()
                for piece in container.body(self._source, member):
                    found.update(piece)
                if found.hexdigest() != deflated.get("sha256"):
                    self._find(member.name, "it is not as it was signed")
                    return
            found = sha256()
            for piece in container.content(self._source, member, MAX_FILE_BYTES):
                found.update(piece)
        except Malformed as problem:
            self._find(member.name, str(problem))
            return
        if found.hexdigest() != said.get("sha256") or member.size != said.get("bytes"):
            self._find(member.name, "it is not as it was signed")

    def _log(self, manifest: dict[str, Any]) -> None:
        member = self._members.get(LOG)
        said = manifest["log"]
        if member is None:
            if LOG not in manifest["files"]:
                self._find(LOG, "it is missing")
            return
        try:
            log = container.read_all(self._source, member, MAX_FILE_BYTES)
        except Malformed:
            return  # said already
        broken = check_chain(log, str(said.get("head")), said.get("lines"))
        if broken is not None:
            self._find(LOG, f"line {broken.line}: {broken.why}")


def describe(verdict: Verdict) -> list[str]:
    """The verdict in lines, for a terminal: what a packet says cannot steer it."""
    return ["".join(one if one.isprintable() else "\ufffd" for one in line)
            for line in _lines(verdict)]  # fmt: skip


def _lines(verdict: Verdict) -> list[str]:
    lines = [f"WRONG  {one.file or 'the zip'}: {one.why}" for one in verdict.findings]
    said = verdict.manifest or {}
    if verdict.key_id:
        lines.append(f"Key    {verdict.key_id}")
        lines.append(
            {
                True: "       It is a key you trust.",
                False: "WRONG  It is none of the keys you gave with --key.",
                None: "       It is the one inside the packet: nobody vouches for it. Compare it "
                "with the server's, or give that with --key.",
            }[verdict.trusted]
        )
    if verdict.holds:
        lines.append(
            f"Holds  review #{said.get('review')} of {said.get('asset')}, revision "
            f"{said.get('revision')}: {verdict.files} files as they were signed on "
            f"{said.get('made_at')} for {said.get('made_by')}."
        )
    else:
        lines.append("This packet is not as it was signed; do not rely on it.")
    return lines
