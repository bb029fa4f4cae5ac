"""The page: one index.html for every address outside /api, and the files it loads."""

import asyncio
from hashlib import sha256
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.exceptions import HTTPException

from holotable.store.queries import accounts as rows
from holotable.web import embedding
from holotable.web.context import Context
from holotable.web.dependencies import AppContext


class _PagePath(PathConvertor):
    """Every path but those of the API, so that a wrong method there is 405 and the rest 404."""

    regex = r"(?!(?:api|bcf|foundation)(?:/|$)).*"


register_url_convertor("page", _PagePath())
router = APIRouter(include_in_schema=False)

HASHED_DIRECTORY: Final = "assets"  # Vite writes a content hash into every name in it
FOREVER: Final = "public, max-age=31536000, immutable"
TEST_HOOKS: Final = '<meta name="holotable-test-hooks" content="1">'
NOT_BUILT: Final = (
    "<!doctype html><title>Holotable</title><h1>The page is not built</h1>"
    "<p>Run <code>make setup</code>, or <code>npm run build</code> in frontend/. The API works."
)


@router.get("/{path:page}")
async def get_page(path: str, request: Request, context: AppContext) -> Response:
    """A file of the built frontend, else the page itself: its routes live in the browser."""
    file = await asyncio.to_thread(_file, context.frontend_dir, path)
    if file is not None:
        if path in embedding.CLIENT_FILES:
            return FileResponse(file, headers=embedding.CLIENT_HEADERS)
        hashed = path.startswith(HASHED_DIRECTORY + "/")
        return FileResponse(file, headers={"Cache-Control": FOREVER if hashed else "no-cache"})
    if path.startswith(HASHED_DIRECTORY + "/"):
        raise HTTPException(404)  # an old page asks for a file of an old build: never HTML
    if path in ("", "setup"):
        has_owner = await _has_owner(context)
        if path == "" and not has_owner:
            return RedirectResponse("/setup", 303)
        if path == "setup" and has_owner:
            return RedirectResponse("/signin", 303)
    if_none_match = request.headers.get("if-none-match")
    if path.startswith(embedding.PREFIX):
        refused = embedding.refusal(request, context)
        if refused is not None:
            return refused
        page = await asyncio.to_thread(_index, context, if_none_match, embedding.page_meta(context))
        page.headers.update(embedding.page_headers(context))
        return page
    return await asyncio.to_thread(_index, context, if_none_match)


def _file(directory: Path, path: str) -> Path | None:
    """The file at this path of the built frontend; None when there is none, or it lies outside."""
    if not path or "\0" in path:
        return None
    root = directory.resolve()
    file = (root / path).resolve()
    return file if file.is_file() and file.is_relative_to(root) and file.suffix != ".html" else None


def _index(context: Context, if_none_match: str | None, meta: str = "") -> Response:
    index = context.frontend_dir / "index.html"
    if not index.is_file():
        return HTMLResponse(NOT_BUILT, 503)
    page = index.read_text(encoding="utf-8")
    if context.test_hooks:
        page = page.replace("</head>", f"{TEST_HOOKS}</head>", 1)
    page = page.replace("</head>", f"{meta}</head>", 1)
    etag = f'"{sha256(page.encode()).hexdigest()[:32]}"'
    headers = {"Cache-Control": "no-cache", "ETag": etag}
    if if_none_match == etag:
        return Response(status_code=304, headers=headers)
    return HTMLResponse(page, headers=headers)


async def _has_owner(context: Context) -> bool:
    async with context.database.transaction() as transaction:
        return await rows.any_user(transaction)
