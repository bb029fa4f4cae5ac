"""Reports and signed packets of reviews: what was decided, handed over.

A row is the truth about a packet. Whoever serves makes what was asked for, one at a time; when that
process dies, its lease runs out and the next one makes it again.
"""

import asyncio
import logging
import re
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.ext.asyncio import AsyncSession

from holotable import comparison, review_results, reviews
from holotable.comparison import Comparisons
from holotable.delivery import Structures
from holotable.errors import HolotableError, NotFound, NotReady, PacketFailed
from holotable.exchange import model as model_file
from holotable.exchange import report as reports
from holotable.exchange.bcf import Document, write_bcf
from holotable.exchange.beside import Beside, place_files
from holotable.exchange.packet import (
    MAX_MODEL_BYTES,
    Contents,
    Origin,
    compare_document,
    left_out_of,
    write_packet,
)
from holotable.exchange.report_fonts import Fonts, found_fonts
from holotable.exchange.report_html import html
from holotable.exchange.report_pdf import pdf
from holotable.exchange.report_words import Language, Words
from holotable.exchange.result import Changes, LeftOut, Result
from holotable.exchange.signing import SigningKey
from holotable.review_results import Gathered
from holotable.reviews import Person
from holotable.store.blobs import Blobs, put_file, read_all
from holotable.store.database import Database
from holotable.store.queries import packets as rows
from holotable.store.review_tables import Review, ReviewPacket
from holotable.store.tables import Revision

log = logging.getLogger("holotable.packets")

LEASE: Final = timedelta(minutes=15)
TIMEOUT_S: Final = LEASE.total_seconds() - 60
POLL_S: Final = 2.0
COMPARE_S: Final = 420.0  # a packet waits for its comparison
REPORT_COMPARE_S: Final = 20.0  # a report does not wait long
MAX_STOPS: Final = 2_000  # of the tour, in the report's value
TEMPLATE: Final = "packet.html"  # of the built page


@dataclass(frozen=True, slots=True)
class Workshop:
    """What packets and reports are made with.

    signing_key: reads or makes the key. fonts: font files that an operator names.
    """

    database: Database
    blobs: Blobs
    structures: Structures
    comparisons: Comparisons
    signing_key: Callable[[], SigningKey]
    clock: Callable[[], datetime]
    frontend_dir: Path
    public_url: str
    fonts: Sequence[Path] = ()


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison as packets carry it. changed: dense numbers on the new side."""

    changes: Changes | None
    document: Mapping[str, Any] | None
    changed: frozenset[int]


def zone_of(name: str) -> ZoneInfo | None:
    """A time zone by its IANA name; None for "" and for what this machine does not know."""
    if not name or not re.fullmatch(r"[A-Za-z0-9_+\-]+(/[A-Za-z0-9_+\-]+)*", name):
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


async def report(
    workshop: Workshop, found: Gathered, language: Language, zone: ZoneInfo | None, *, as_pdf: bool
) -> bytes:
    """The result of a review as a document, as it stands now."""
    compared = await compare(workshop, found, REPORT_COMPARE_S)
    result = await review_results.result_of(
        found, workshop.blobs, workshop.structures, compared.changes, compared.changed
    )
    words = Words(language, zone)
    if not as_pdf:
        return await asyncio.to_thread(lambda: html(reports.compose(result, words), language))
    fonts = await asyncio.to_thread(found_fonts, workshop.fonts)
    return await asyncio.to_thread(lambda: pdf(reports.compose(result, words), words, fonts))


async def compare(workshop: Workshop, found: Gathered, patience_s: float) -> Compared:
    """What changed since the revision that the review compares with; why not, when nobody knows."""
    old = found.compared_to
    if old is None:
        return Compared(None, None, frozenset())
    try:
        async with workshop.database.transaction() as session:
            sides = [
                await comparison.side_of(session, await session.get_one(Revision, one.id))
                for one in (old, found.revision)
            ]
        row = await workshop.comparisons.ask(sides[0], sides[1], None)
        async with asyncio.timeout(patience_s):
            while row.state != "ready":
                await asyncio.sleep(0.5)
                row = await workshop.comparisons.ask(sides[0], sides[1], None)
    except TimeoutError:
        return Compared(Changes("They are still being compared."), None, frozenset())
    except HolotableError as problem:
        return Compared(Changes(problem.detail), None, frozenset())
    stops = await workshop.comparisons.rows(row, "tour.json")
    changes = await workshop.comparisons.rows(row, "changes.json")
    summary = row.summary or {}
    return Compared(
        Changes("", summary, tuple(stops[:MAX_STOPS]), len(stops)),
        compare_document(summary, stops, changes, (old.label, found.revision.label)),
        frozenset(
            int(one["to"]["number"])
            for one in changes
            if one["to"] is not None and one["to"]["number"] is not None
        ),
    )


async def ask_at_closing(
    session: AsyncSession, revision: Revision, person: Person, now: datetime, language: Language
) -> None:
    """A review that was just closed gets its packet without anybody asking."""
    closed = await rows.closed_now(session, revision.id, now)
    if closed is not None:
        await rows.ask(
            session, closed, language=language, time_zone="", by=person.id, name=person.name,
            now=now,
        )  # fmt: skip


class Packets:
    """Makes what was asked for, one at a time in this process."""

    def __init__(self, workshop: Workshop) -> None:
        self.workshop = workshop
        self._asked = asyncio.Event()

    def nudge(self) -> None:
        """Something was asked for: look now."""
        self._asked.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Make packets while the block lasts; one that is cut off is made again later."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                while await self.make_one():
                    continue
            except Exception:  # the loop's border: logged once, and tried again
                log.exception("packets could not be looked for")
            try:
                async with asyncio.timeout(POLL_S):
                    await self._asked.wait()
            except TimeoutError:
                continue
            finally:
                self._asked.clear()

    async def make_one(self) -> bool:
        """Make the packet that has waited longest; False when none waits."""
        shop = self.workshop
        async with shop.database.transaction() as session:
            row = await rows.claim(session, shop.clock(), LEASE)
        if row is None:
            return False
        problem: HolotableError | None = None
        try:
            if row.attempts > rows.MAX_ATTEMPTS:
                raise PacketFailed("Making this packet was cut off again and again.")
            async with asyncio.timeout(TIMEOUT_S):
                await self._make(row)
        except HolotableError as known:
            problem = known
        except TimeoutError:
            problem = PacketFailed(f"Making it took longer than {TIMEOUT_S / 60:.0f} minutes.")
        except Exception:  # the job's border: logged once, the row says so
            log.exception("packet %s failed", row.id)
            problem = PacketFailed()
        if problem is not None:
            said = {"code": problem.code, "detail": problem.detail, "remedy": problem.remedy}
            async with shop.database.transaction() as session:
                await rows.fail(session, row.id, shop.clock(), said)
        return True

    async def _make(self, row: ReviewPacket) -> None:
        """Gather, write, keep. raises: HolotableError with what is to be said."""
        shop = self.workshop
        key = await asyncio.to_thread(shop.signing_key)
        async with shop.database.transaction() as session:
            found = await review_results.gather(
                session, await session.get_one(Review, row.review_id)
            )
        if "structure.json" not in found.files:
            raise NotReady("This revision has no scene, so there is nothing to hand over.")
        compared = await compare(shop, found, COMPARE_S)
        result = await review_results.result_of(
            found, shop.blobs, shop.structures, compared.changes, compared.changed
        )
        result, model = await self._model(found, result, compared)
        beside, files = await self._beside(result)
        origin = Origin(
            packet_id=row.id,
            review_id=row.review_id,
            server=shop.public_url,
            software=f"Holotable {version('holotable')}",
            made_at=shop.clock(),
            made_by=row.asked_name,
        )
        fonts = await asyncio.to_thread(found_fonts, shop.fonts)
        write = partial(
            _write, found=found, result=beside.result, compared=compared, model=model,
            files=files, origin=origin, key=key, language="de" if row.language == "de" else "en",
            zone=zone_of(row.time_zone), fonts=fonts, template=shop.frontend_dir / TEMPLATE,
        )  # fmt: skip
        with tempfile.TemporaryDirectory(prefix="holotable-") as folder:
            file = Path(folder) / "packet.zip"
            left_out = await asyncio.to_thread(write, file)
            blob = await put_file(shop.blobs, file)
        async with shop.database.transaction() as session:
            kept = await session.get_one(ReviewPacket, row.id, with_for_update=True)
            if kept.state != "making" or kept.attempts != row.attempts:
                return  # somebody else has taken it since
            now = shop.clock()
            await rows.known_key(session, key.public.id, key.public.pem.decode(), now)
            kept.state, kept.finished_at, kept.lease_until = "ready", now, None
            kept.sha256, kept.bytes, kept.key_id = blob.sha256, blob.size, key.public.id
            kept.left_out = [{"what": one.what, "why": one.why} for one in left_out]
            kept.covers_until = found.review.updated_at
            kept.file_name = file_name(result)
            revision = await session.get_one(Revision, row.revision_id)
            review = await session.get_one(Review, row.review_id)
            reviews.note(
                session, revision, Person(row.asked_by, row.asked_name), now, "packet_made",
                review=review,
                facts={
                    "packet_id": str(row.id), "sha256": blob.sha256, "key_id": key.public.id,
                },
            )  # fmt: skip

    async def _model(
        self, found: Gathered, result: Result, compared: Compared
    ) -> tuple[Result, bytes | None]:
        """model.glb as it is handed over, and what is said where it is not."""
        left_out = list(result.left_out)
        if compared.changes is not None and compared.changes.problem:
            left_out.append(LeftOut("compare.json", compared.changes.problem))
        model: bytes | None = None
        file = found.files.get("model.glb")
        if file is not None and file.size > MAX_MODEL_BYTES:
            why = f"It has {file.size >> 20} MB; packets hold models up to "
            left_out.append(LeftOut("model.glb", f"{why}{MAX_MODEL_BYTES >> 20} MB."))
        elif file is not None:
            content = await read_all(self.workshop.blobs, file.sha256)
            try:
                model = await asyncio.to_thread(model_file.placed, content, found.correction)
            except ValueError:
                left_out.append(LeftOut("model.glb", "The scene's model cannot be read."))
        else:
            left_out.append(LeftOut("model.glb", "This scene has no model."))
        return replace(result, left_out=tuple(left_out)), model

    async def _beside(self, result: Result) -> tuple[Beside, dict[str, bytes]]:
        """Drawings and attachments by their paths; what is lost is left out and said."""
        gone: set[str] = set()
        while True:
            beside = place_files(result, gone=gone)
            files: dict[str, bytes] = {}
            lost: set[str] = set()
            for path, sha256 in beside.paths.items():
                try:
                    files[path] = await read_all(self.workshop.blobs, sha256)
                except NotFound:
                    lost.add(sha256)
            if not lost:
                return beside, files
            gone |= lost


def _documents(result: Result, files: Mapping[str, bytes], server: str) -> list[Document]:
    """The drawings as BCF names them: with their content, or by their address here."""
    return [
        Document(
            one.id,
            one.name,
            files.get(one.path),
            f"{server}/api/v1/drawings/{one.id}/content" if server else "",
        )
        for one in result.drawings
    ]


def _write(
    file: Path,
    *,
    found: Gathered,
    result: Result,
    compared: Compared,
    model: bytes | None,
    files: Mapping[str, bytes],
    origin: Origin,
    key: SigningKey,
    language: Language,
    zone: ZoneInfo | None,
    fonts: Fonts,
    template: Path,
) -> tuple[LeftOut, ...]:
    """Write the packet to a file; returns what is not in it. Minutes for large models: a thread."""
    words = Words(language, zone)
    laid_out = reports.compose(result, words)
    compare: dict[str, Any] | None = None
    if compared.document is not None:  # the page lists changes in the packet's language
        stops = [{**stop, "said": words.stop(stop)} for stop in compared.document["stops"]]
        compare = {**compared.document, "stops": stops}
    contents = Contents(
        result=result,
        report_html=html(laid_out, language),
        report_pdf=pdf(laid_out, words, fonts),
        issues_bcf=write_bcf(
            result.topics,
            found.project.id,
            found.project.name,
            _documents(result, files, origin.server),
        ),
        model=model,
        compare=compare,
        viewer=template.read_bytes() if template.is_file() else None,
        language=language,
        files=files,
    )
    with file.open("wb") as target:
        write_packet(target, contents, origin, key)
    return left_out_of(contents)


def file_name(result: Result) -> str:
    """Gearbox-C-review-14.zip, with nothing in it that any file system dislikes."""
    asset = re.sub(r"[^\w.+-]+", "-", result.asset).strip("-.")[:80] or "asset"
    label = re.sub(r"[^\w.+-]+", "-", result.revision.label).strip("-.") or "revision"
    return f"{asset}-{label}-review-{result.number}.zip"
