"""A report as one HTML page that needs nothing else: no script, no network, pictures inside."""

import base64
from collections.abc import Iterator
from html import escape
from typing import Final, assert_never

from holotable.exchange.report import Block, Facts, Note, Report, Section, Shown, Table

# Whoever serves it says so too; from a disk nobody does.
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
_PICTURES: Final = frozenset({"image/png", "image/jpeg", "image/webp"})

_STYLE: Final = """
:root {
  color-scheme: light dark;
  --ink: #16191d; --soft: #5b6470; --line: #d9dee5; --page: #fff; --band: #f4f6f8;
}
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --soft: #a4adb8; --line: #343b44; --page: #15181c; --band: #1d2126; }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--ink);
  font: 14px/1.5 Inter, "Segoe UI", system-ui, sans-serif;
}
main { max-width: 900px; margin: 0 auto; padding: 32px 24px; }
h1 { font-size: 24px; line-height: 1.25; margin: 0 0 4px; }
h2 { font-size: 16px; margin: 32px 0 8px; padding-top: 16px; border-top: 1px solid var(--line); }
.sub, figcaption, .note { color: var(--soft); }
.sub { margin: 0 0 24px; }
.note { margin: 8px 0; white-space: pre-wrap; }
.strong { color: var(--ink); font-weight: 600; }
dl { display: grid; grid-template-columns: minmax(120px, max-content) 1fr; gap: 4px 20px; }
dl { margin: 0 0 12px; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; margin: 8px 0; }
th, td {
  text-align: start; vertical-align: top; padding: 6px 10px 6px 0;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere;
}
td { white-space: pre-wrap; }
a { color: inherit; }
th { color: var(--soft); font-weight: 500; }
figure { margin: 12px 0; break-inside: avoid; }
img {
  max-width: 100%; max-height: 420px; background: var(--band);
  border: 1px solid var(--line); border-radius: 6px;
}
@media print {
  :root { --ink: #000; --soft: #444; --line: #bbb; --page: #fff; --band: #fff; }
  main { padding: 0; max-width: none; }
  tr { break-inside: avoid; }
  h2 { break-after: avoid; }
}
""".strip()


def html(report: Report, language: str) -> bytes:
    """The page, UTF-8. Everything a person wrote is escaped."""
    return "".join(_page(report, language)).encode("utf-8", "replace")


def _page(report: Report, language: str) -> Iterator[str]:
    title = escape(report.title)
    yield f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">\n'
    yield '<meta name="viewport" content="width=device-width,initial-scale=1">\n'
    yield f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body><main>\n"
    yield f'<h1>{title}</h1>\n<p class="sub">{escape(report.subtitle)}</p>\n'
    for section in report.sections:
        yield from _section(section)
    yield "</main></body>\n</html>\n"


def _section(section: Section) -> Iterator[str]:
    yield "<section>\n"
    if section.title:
        yield f"<h2>{escape(section.title)}</h2>\n"
    for block in section.blocks:
        yield from _block(block)
    yield "</section>\n"


def _block(block: Block) -> Iterator[str]:
    match block:
        case Facts(rows):
            yield "<dl>\n"
            for name, value in rows:
                yield f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>\n"
            yield "</dl>\n"
        case Table(head, rows):
            yield "<table><thead><tr>"
            yield "".join(f"<th>{escape(cell)}</th>" for cell in head)
            yield "</tr></thead><tbody>\n"
            for number, row in enumerate(rows):
                cells = [escape(cell) for cell in row]
                if block.link(number):
                    cells[0] = f'<a href="{escape(block.link(number))}">{cells[0]}</a>'
                yield f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>\n"
            yield "</tbody></table>\n"
        case Note(text, strong):
            yield f'<p class="note{" strong" if strong else ""}">{escape(text)}</p>\n'
        case Shown(picture, caption):
            if picture.media_type in _PICTURES:
                content = base64.b64encode(picture.content).decode("ascii")
                yield f'<figure><img alt="{escape(caption)}" src="data:{picture.media_type};base64,'
                yield f'{content}"><figcaption>{escape(caption)}</figcaption></figure>\n'
        case _:
            assert_never(block)
