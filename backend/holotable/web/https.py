"""Where headsets find this server over https, and how to recognise its certificate.

Browsers offer VR over https alone (WebXR §3: a secure context), so every page that cannot must be
able to say where it can.
"""

from urllib.parse import urlsplit

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from holotable.errors import NotFound
from holotable.web.dependencies import Anyone, AppContext
from holotable.web.security import is_local, is_secure

router = APIRouter(tags=["setup"])


class HttpsAnswer(BaseModel):
    """The https address of this server, if it knows one."""

    secure: bool  # this request came over https
    origin: str | None  # the same server over https, under a name that this caller can use
    addresses: list[str]  # all of them, for who is signed in or on this machine
    fingerprint: str | None  # SHA-256 of the certificate made here; None: somebody else's
    authority_fingerprint: str | None  # of what signs it, to be trusted once


@router.get("/https")
async def get_https(request: Request, who: Anyone, context: AppContext) -> HttpsAnswer:
    """Where VR is possible. The fingerprints are what any visitor's browser shows, too."""
    secure, door = is_secure(request, context), context.https
    if urlsplit(context.public_url).scheme == "https":
        return HttpsAnswer(
            secure=secure, origin=context.public_url, addresses=[context.public_url],
            fingerprint=None, authority_fingerprint=None,
        )  # fmt: skip
    if door is None:
        own = f"https://{request.headers.get('host', '')}" if secure else None
        return HttpsAnswer(
            secure=secure, origin=own, addresses=[own] if own else [], fingerprint=None,
            authority_fingerprint=None,
        )  # fmt: skip
    known = who is not None or is_local(request)
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    reached = f"https://{host}:{door.port}" if host in door.names else None
    lan = [address for address in door.addresses if known or address == reached]
    return HttpsAnswer(
        secure=secure,
        # A headset finds nothing at our localhost.
        origin=lan[0] if lan and is_local(request) else reached,
        addresses=lan,
        fingerprint=door.fingerprint,
        authority_fingerprint=door.authority_fingerprint,
    )


@router.get(
    "/https/authority.crt",
    response_class=Response,
    responses={200: {"content": {"application/x-x509-ca-cert": {}}}},
)
async def get_authority(context: AppContext) -> Response:
    """The certificate of the authority made here, to be installed on desks; no secret."""
    if context.https is None:
        raise NotFound("This server made no certificate.")
    return Response(
        context.https.authority_pem,
        media_type="application/x-x509-ca-cert",
        headers={"Content-Disposition": 'attachment; filename="holotable-authority.crt"'},
    )
