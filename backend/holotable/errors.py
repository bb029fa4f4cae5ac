"""Every error Holotable raises on purpose; no HTTP here, `web/problems.py` maps code to status.

A class docstring is the default message, written for the reader who must act. `code` is stable
snake_case; `remedy` says what to do next; facts are keyword attributes.
"""

from typing import ClassVar


class HolotableError(Exception):
    """The server met a fault that has no name of its own yet."""

    code: ClassVar[str] = "internal"
    remedy: ClassVar[str] = "Try again; if it happens again, send the log to your administrator."

    def __init__(self, detail: str | None = None, /, **facts: object) -> None:
        self.detail = detail or (type(self).__doc__ or "").strip().splitlines()[0]
        self.facts = facts
        super().__init__(self.detail)


class Refused(HolotableError):
    """The request cannot be done as asked."""

    code = "refused"
    remedy = "Change the request as the message says."


class NotFound(Refused):
    """There is nothing here, or you may not see it."""

    code = "not_found"
    remedy = "Check the address, or request access from an owner of the project."


class Forbidden(Refused):
    """Your role does not allow this."""

    code = "forbidden"
    remedy = "Ask an owner of the project for a role that may."


class SessionLocked(Forbidden):
    """This session is locked: nobody new comes in."""

    code = "session_locked"
    remedy = "Ask the host to unlock it; who was in it before can always come back."


class RemovedFromSession(Forbidden):
    """The host removed you from this session."""

    code = "removed_from_session"
    remedy = "Ask the host to let you in again."


class DeclinedFromSession(Forbidden):
    """The host did not let you in."""

    code = "declined_from_session"
    remedy = "The host can still let you in; ask them."


class WaitsForAdmission(Forbidden):
    """Somebody inside this session has to let you in first."""

    code = "session_lobby"
    remedy = "Join by the session's link or code, and wait to be let in."


class Unauthenticated(Refused):
    """Nobody is signed in."""

    code = "unauthenticated"
    remedy = "Sign in, or send a valid token."


class WrongLogin(Unauthenticated):
    """Login or password is wrong."""

    code = "wrong_login"
    remedy = "Check both, or ask an administrator for a new password."


class Conflict(Refused):
    """Somebody changed this since you read it."""

    code = "conflict"
    remedy = "Read it again and repeat your change."


class Stale(Conflict):
    """Your copy is older than what is stored."""

    code = "stale"


class PreconditionMissing(Refused):
    """This change needs the header If-Match."""

    code = "precondition_missing"
    remedy = "Read it, and send its ETag as If-Match; `*` changes it whatever happened meanwhile."


class KeyInFlight(Conflict):
    """A request under this Idempotency-Key is still at work."""

    code = "idempotency_key_in_flight"
    remedy = "Wait a second, then send the same request again."


class AnswerNotKept(Conflict):
    """This was done, but its answer held a secret or was too long to be kept."""

    code = "answer_not_kept"
    remedy = "Look at what is there; end it and make another one if you lost its secret."


class NotReady(Conflict):
    """This revision has no scene yet."""

    code = "not_ready"
    remedy = "Wait until its conversion is ready, or read its problem and retry."


class ReviewGoesOn(Conflict):
    """This asset has a review that is not closed."""

    code = "review_goes_on"
    remedy = "Open that review, or withdraw it, before asking for another one."


class CannotReview(Conflict):
    """This revision is past review."""

    code = "cannot_review"
    remedy = "Upload a new revision and ask for its review."


class ReviewClosed(Conflict):
    """This review is over."""

    code = "review_closed"
    remedy = "Ask for a new review of the asset's newest revision."


class VerdictOnOldRevision(Conflict):
    """The review has gone on to a later revision than the one you looked at."""

    code = "verdict_on_old_revision"
    remedy = "Look at the revision under review, then give your verdict again; your text is kept."


class VerdictRefused(Conflict):
    """Something stands between you and an approval."""

    code = "verdict_refused"
    remedy = "Settle what `checks` names, or request changes."


class WrongPassword(Refused):
    """The password is wrong, so nothing was signed."""

    code = "wrong_password"
    remedy = "Type the password that you sign in with."


class Invalid(Refused):
    """A value is missing or wrong."""

    code = "invalid"
    remedy = "Correct the named field and send it again."


class BadQuery(Invalid):
    """This query cannot be read."""

    code = "bad_query"
    remedy = "Correct the query at the named place: words, name:value, mass>5kg, -not, OR, (…)."


class UnknownFormat(Invalid):
    """This is no format, or a version of it, that this server reads."""

    code = "unknown_format"
    remedy = "Use the version that `known` names, or bring the server up to date."


class UnknownParts(Invalid):
    """This names parts that the revision does not have."""

    code = "unknown_parts"
    remedy = "Read the ids in the revision's structure, and send the sha256 of that structure."


class UnknownRevision(Invalid):
    """This was made on a revision that does not belong here, or on a scene that is gone."""

    code = "unknown_revision"
    remedy = "Name a revision of the same project, and the structure of one of its scenes."


class ViewpointTooLarge(Refused):
    """This view holds more than a saved view may."""

    code = "viewpoint_too_large"
    remedy = "Hide or colour whole assemblies instead of scattered parts, or remove measurements."


class KeyReused(Invalid):
    """Another request was sent under this Idempotency-Key."""

    code = "idempotency_key_reused"
    remedy = "Make a new key for every request, and send the same request when you send it again."


class UnknownSystem(Invalid):
    """No administrator of this installation has named this external system."""

    code = "unknown_system"
    remedy = "Use one of the names that `known` lists, or ask an administrator to add the system."


class DeepLinkRefused(Invalid):
    """This link leads somewhere else than to the system that it is of."""

    code = "deep_link_refused"
    remedy = "Send a link that begins with `base_url`, or leave it away."


class RefTaken(Conflict):
    """Something else here has this external reference."""

    code = "ref_taken"
    remedy = "Read what it names by-ref, and take the reference from there first."


class RefInTrash(Conflict):
    """What this external reference names is in the trash."""

    code = "ref_in_trash"
    remedy = "Restore it from the trash, or ask somebody who may."


class AmbiguousRef(Conflict):
    """Several projects that you see have this external reference."""

    code = "ambiguous_ref"
    remedy = "Name the project by its id: `projects` lists them."


class RefExists(Conflict):
    """This external reference names something already, and you asked to make something new."""

    code = "ref_exists"
    remedy = "Send it without If-None-Match to change what is there."


class FileNeeded(Invalid):
    """A new revision needs its file."""

    code = "file_needed"
    remedy = "Send multipart/form-data with the file in the field `file`."


class SourceDiffers(Conflict):
    """This revision was made from another file, and revisions never change theirs."""

    code = "source_differs"
    remedy = "Send the changed file as another revision, under a reference of its own."


class ImportTooLarge(Refused):
    """This import has more lines than one may have."""

    code = "import_too_large"
    remedy = "Split it: lines say the same in any number of imports, in the same order."


class SystemInUse(Conflict):
    """References still name this system."""

    code = "system_in_use"
    remedy = "Take the references away first."


class OutsideVocabulary(Invalid):
    """This project does not have this word for it."""

    code = "outside_vocabulary"
    remedy = "Use one of the words that `allowed` lists, or add it to the project's issue settings."


class StatusNotReachable(Conflict):
    """This status does not follow the present one."""

    code = "status_not_reachable"
    remedy = "Go through one of the statuses that `leads_to` lists."


class UnknownAssignee(Invalid):
    """An issue is assigned to members of its project."""

    code = "unknown_assignee"
    remedy = "Choose a member, or ask an owner to add this person to the project."


class UnknownMention(Invalid):
    """A comment mentions members of its project."""

    code = "unknown_mention"
    remedy = "Remove the mention, or ask an owner to add this person to the project."


class UnknownOccurrence(Invalid):
    """This is pinned to a part that the revision does not have."""

    code = "unknown_occurrence"
    remedy = "Read the ids in the revision's structure, and pin it to one of them."


class PartWithoutShape(Invalid):
    """This part has no shape to pin anything to: it could not be converted, or never had one."""

    code = "part_without_shape"
    remedy = "Pin it to a part that is shown, or leave the pin away."


class IssueChanged(Stale):
    """Somebody else changed this since you read it."""

    code = "issue_changed"
    remedy = "Look at what `changes` lists, then send yours again with the new ETag."


class IdTaken(Conflict):
    """Something else was made with this id before."""

    code = "id_taken"
    remedy = (
        "Make a new id and send it again; with the same id only the same content is sent twice."
    )


class DeletedComment(Conflict):
    """This comment was deleted."""

    code = "deleted_comment"
    remedy = "Write a comment of its own."


class AttachmentTooLarge(Refused):
    """This attachment is larger than one may be."""

    code = "attachment_too_large"
    remedy = "Make it smaller, or link to where it lies."


class UnsafeAttachment(Refused):
    """This is a program, or a picture that no browser should open."""

    code = "unsafe_attachment"
    remedy = "Attach pictures, recordings and documents; zip anything else."


class VoiceNotAgreed(Forbidden):
    """You have not said that your voice may be kept in this recording, or you took it back."""

    code = "voice_not_agreed"
    remedy = "Say so first, in the menu of the recording."


class VoiceOutside(Conflict):
    """This was not said while the session was recorded."""

    code = "voice_outside"
    remedy = "Send what was said between the press and the end, at most ten minutes after the end."


class VoiceTooLarge(AttachmentTooLarge):
    """This piece of a voice is larger than one may be."""

    code = "voice_too_large"
    remedy = "Send pieces of at most two minutes and 768 KiB."


class VoiceFull(Conflict):
    """This recording keeps no more of this voice."""

    code = "voice_full"
    remedy = "Stop the recording and begin another one."


class NotAVoice(UnsafeAttachment):
    """This is no sound in WebM, Ogg or MP4."""

    code = "not_a_voice"
    remedy = "Send what the browser's MediaRecorder made of the microphone."


class DrawingTooLarge(AttachmentTooLarge):
    """This drawing is larger than one may be."""

    code = "drawing_too_large"
    remedy = "Print it to PDF with smaller pictures, or split it into several files."


class NotADrawing(UnsafeAttachment):
    """This is neither a PDF nor a PNG, JPEG or WebP picture."""

    code = "not_a_drawing"
    remedy = "Export the drawing as PDF, or as a picture."


class EncryptedDrawing(Invalid):
    """This PDF opens only with a password."""

    code = "encrypted_drawing"
    remedy = "Save it without a password and upload it again."


class DamagedDrawing(Invalid):
    """This PDF is damaged and cannot be read."""

    code = "damaged_drawing"
    remedy = "Export the drawing again; if it opens elsewhere, print it to PDF there."


class NoSheets(Invalid):
    """This PDF has no pages."""

    code = "no_sheets"
    remedy = "Export the drawing again with at least one sheet."


class TooManySheets(Invalid):
    """This PDF has more pages than a drawing may have."""

    code = "too_many_sheets"
    remedy = "Split it into several drawings."


class UnknownSheet(Invalid):
    """This drawing has no such sheet."""

    code = "unknown_sheet"
    remedy = "Name a page between 0 and the number of its sheets less one."


class DrawingNameTaken(Conflict):
    """This revision has a drawing of this name."""

    code = "drawing_name_taken"
    remedy = "Rename one of them, or remove the one that is there."


class SameRevision(Invalid):
    """A revision compared with itself has no changes."""

    code = "same_revision"
    remedy = "Choose another revision to compare with."


class NotComparable(Invalid):
    """A point cloud and a solid have nothing that could be the same."""

    code = "not_comparable"
    remedy = (
        "Compare two scans, or two models with surfaces; lay both on the table to look at them."
    )


class ComparisonFailed(Refused):
    """These revisions could not be compared."""

    code = "comparison_failed"
    remedy = "Try again in some minutes; for very large models ask your administrator for memory."


class BcfProblem(Refused):
    """This BCF file cannot be taken in."""

    code = "bcf_refused"
    remedy = "Export the file again as BCF 2.1 or 3.0 from the program that made it."


class BcfNotZip(BcfProblem):
    """This is no BCF file: it is no zip that can be read."""

    code = "bcf_not_zip"


class BcfTooLarge(BcfProblem):
    """This BCF file is larger than this server takes in."""

    code = "bcf_too_large"
    remedy = "Export fewer topics at once, or smaller snapshots."


class BcfTooMany(BcfProblem):
    """This BCF file holds more than this server takes in."""

    code = "bcf_too_many"
    remedy = "Export fewer topics at once."


class BcfBomb(BcfProblem):
    """A file in this zip grows far beyond its packed size."""

    code = "bcf_bomb"


class BcfPath(BcfProblem):
    """A name in this zip leads out of it, or stands there twice."""

    code = "bcf_path"
    remedy = "Export again with a program that writes plain names with forward slashes."


class BcfDocumentType(BcfProblem):
    """The XML of this file declares a document type, which no BCF file needs."""

    code = "bcf_document_type"


class BcfXml(BcfProblem):
    """XML of this file is not well-formed."""

    code = "bcf_xml"


class BcfVersion(BcfProblem):
    """This is no BCF 2.1 or 3.0."""

    code = "bcf_version"


class BcfInvalid(BcfProblem):
    """Something that BCF asks for is missing or has no meaning."""

    code = "bcf_invalid"


class PacketFailed(Refused):
    """The packet of this review could not be made."""

    code = "packet_failed"
    remedy = "Make it again; if it happens again, send the log to your administrator."


class ModelExportFailed(Refused):
    """The model could not be written in this format."""

    code = "export_failed"
    remedy = "Ask for it again, or for another format; `holotable export` writes it elsewhere."


class ModelExportCancelled(ModelExportFailed):
    """Somebody cancelled this."""

    code = "export_cancelled"
    remedy = "Ask for it again."


class NoModel(Conflict):
    """This scene has no model.glb: it was left out for its size."""

    code = "no_model"
    remedy = "Download the scene package or the uploaded file itself."


class PacketTooLarge(PacketFailed):
    """What belongs into this packet is larger than 4 GB."""

    code = "packet_too_large"
    remedy = "Hand over the report and the model by themselves."


class SigningKeyMissing(PacketFailed):
    """This server has no key to sign packets with."""

    code = "signing_key_missing"
    remedy = "Ask your administrator to check HOLOTABLE_SIGNING_KEY_FILE or the data directory."


class TooMany(Refused):
    """Too many attempts in a short time."""

    code = "too_many"
    remedy = "Wait a minute, then try again."


class MailOff(Refused):
    """E-mail is off: no mail server is set."""

    code = "mail_off"
    remedy = "Set HOLOTABLE_SMTP_HOST and HOLOTABLE_SMTP_FROM, then try again."


class MailNotSent(Refused):
    """The mail server did not take the mail."""

    code = "mail_not_sent"
    remedy = "Change the settings as the message says, then try again."


class Gone(Refused):
    """This existed and is over."""

    code = "gone"
    remedy = "Ask for a new link or session."


class WebhookAddressInvalid(Invalid):
    """This is no address that can be posted to."""

    code = "webhook_address_invalid"
    remedy = "Give http:// or https://, a host and a path, without a password and without #."


class WebhookTargetRefused(Invalid):
    """This address lies in a private network, and this server does not post there."""

    code = "webhook_target_refused"
    remedy = "Use a public address, or ask the operator to allow it (HOLOTABLE_WEBHOOK_NETWORKS)."


class WebhookFilterUnknown(Invalid):
    """There is no such event."""

    code = "webhook_filter_unknown"
    remedy = "Use the types that docs/api/webhooks.md names, or a kind with a star like issue.*."


class TooManyWebhooks(Conflict):
    """This project has as many webhooks as it may have."""

    code = "too_many_webhooks"
    remedy = "Delete one that is not used."


class WebhookNotActive(Conflict):
    """This webhook is paused or disabled; nothing is sent."""

    code = "webhook_not_active"
    remedy = "Switch it on first."


class DeliveryUnderWay(Conflict):
    """This delivery is still being tried."""

    code = "delivery_under_way"
    remedy = "Wait until it is delivered or given up."


class CursorUnknown(Invalid):
    """This cursor is none of ours."""

    code = "cursor_unknown"
    remedy = "Send the cursor of the answer before as it was, or none to begin anew."


class CursorExpired(Gone):
    """What happened behind this cursor is not kept any more."""

    code = "cursor_expired"
    remedy = "Take a new cursor with since=latest, then read again everything you keep a copy of."


class Unavailable(HolotableError):
    """A part that this needs is not available right now."""

    code = "unavailable"
    remedy = "Try again in a moment."


class TusVersionUnknown(Refused):
    """This speaks another version of tus than 1.0.0, or none."""

    code = "tus_version"
    remedy = "Send the header `Tus-Resumable: 1.0.0`, as every tus 1.0 client does."


class TusHeaderWrong(Refused):
    """A header of this tus request is missing or cannot be read."""

    code = "tus_header"
    remedy = "Send what `header` names as tus 1.0.0 writes it."


class TusMediaTypeWrong(Refused):
    """The pieces of an upload come as application/offset+octet-stream."""

    code = "tus_media_type"
    remedy = "Set Content-Type to application/offset+octet-stream."


class TusOffsetWrong(Conflict):
    """This upload does not stand where the request says."""

    code = "tus_offset"
    remedy = "Ask with HEAD where it stands, and go on from there."


class TusTooLong(Refused):
    """There are more bytes than Upload-Length announced."""

    code = "tus_too_long"
    remedy = "Begin a new upload with the length that the file has."


class TusChecksumWrong(Refused):
    """These bytes are not the ones that Upload-Checksum tells; none of them was kept."""

    code = "tus_checksum"
    remedy = "Send them again from the same offset."


class ProjectArchiveProblem(Invalid):
    """This archive cannot become a project."""

    code = "project_archive"
    remedy = "Export the project again, and bring the file as it was downloaded."


class ProjectArchiveUnreadable(ProjectArchiveProblem):
    """This is no project archive."""

    code = "project_archive_unreadable"


class ProjectArchiveVersion(ProjectArchiveProblem):
    """This archive is of a format that this server does not read."""

    code = "project_archive_version"
    remedy = "Bring this server to the release that wrote the archive, or to a later one."


class ProjectArchiveEntries(ProjectArchiveProblem):
    """The archive holds files that have no place in one, or too many, or too much."""

    code = "project_archive_entries"


class ProjectArchiveDamaged(ProjectArchiveProblem):
    """The archive is not as it was written."""

    code = "project_archive_damaged"


class ProjectArchiveRows(ProjectArchiveProblem):
    """A row of the archive is none of ours, or names what is not in the archive."""

    code = "project_archive_rows"


class ProjectArchiveTooLarge(ProjectArchiveProblem):
    """The archive is larger than this server accepts."""

    code = "project_archive_too_large"
    remedy = "Ask your administrator to raise HOLOTABLE_MAX_PROJECT_ARCHIVE_BYTES."


class ConversionProblem(HolotableError):
    """The file could not be converted."""

    code = "conversion_failed"
    remedy = "Download the log, repair the file in its own program, and upload it again."


class UnsupportedFormat(ConversionProblem):
    """The content of this file is no format Holotable reads."""

    code = "unsupported_format"
    remedy = (
        "Upload STEP, IGES, BREP, IFC, STL, OBJ, PLY, OFF, 3MF, 3DS, DAE, glTF, GLB, USD, USDZ, LAS"
        " or XYZ."
    )


class EmptyFile(ConversionProblem):
    """The file is empty."""

    code = "empty_file"
    remedy = "Export it again and check its size before uploading."


class NoGeometry(ConversionProblem):
    """The file was read, but it contains no geometry that can be shown."""

    code = "no_geometry"
    remedy = "Check the export settings: solids, surfaces or meshes must be included."


class DamagedFile(ConversionProblem):
    """The file is damaged or incomplete."""

    code = "damaged_file"
    remedy = "Export or transfer the file again; it ends early or contradicts itself."


class TooLarge(ConversionProblem):
    """The file is larger than this server accepts."""

    code = "too_large"
    remedy = "Reduce the file, or ask your administrator to raise the limit."


class TooComplex(ConversionProblem):
    """The model has more triangles, parts or levels than this server accepts."""

    code = "too_complex"
    remedy = "Simplify or split the model, or ask your administrator to raise the limit."


class ArchiveProblem(ConversionProblem):
    """The archive cannot be unpacked safely."""

    code = "archive_refused"
    remedy = "Make a plain zip of the main file and the files it names, without absolute paths."


class ExternalReference(ConversionProblem):
    """The file refers to something outside the upload."""

    code = "external_reference"
    remedy = "Upload a zip that holds the file and everything it refers to, or embed the data."


class MissingFiles(ConversionProblem):
    """The file refers to other files that were not uploaded."""

    code = "missing_files"
    remedy = "Upload a zip with the named files, or continue without them."


class ReaderCrashed(ConversionProblem):
    """The reader of this format crashed on the file."""

    code = "reader_crashed"
    remedy = "The file is damaged or too large for the memory limit; export it again."


class ReaderTimedOut(ConversionProblem):
    """Conversion took longer than the time limit."""

    code = "reader_timed_out"
    remedy = "Simplify or split the model, or ask your administrator to raise the limit."


class OutOfMemory(ConversionProblem):
    """Conversion needed more memory than the limit."""

    code = "out_of_memory"
    remedy = "Simplify or split the model, or ask your administrator to raise the limit."


class SandboxUnavailable(ConversionProblem):
    """This server cannot isolate the reader of this format."""

    code = "sandbox_unavailable"
    remedy = "Ask your administrator to install bubblewrap or allow unsandboxed conversion."


class Cancelled(ConversionProblem):
    """The conversion was cancelled."""

    code = "cancelled"
    remedy = "Press Retry to start it again."
