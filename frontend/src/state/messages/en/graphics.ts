/** Texts about graphics, memory and files that could not be had. */

export const graphics = {
  "command.graphics.restore": "Restore the picture",
  "command.graphics.lower": "Lower quality",
  "command.graphics.full": "Full quality",
  "command.graphics.retry": "Load missing parts again",
  "command.graphics.onlySelection": "Load the selection only",
  "chip.detail.triangles": "Reduced detail (auto)",
  "chip.detail.memory": "Reduced detail (memory)",
  "chip.detail.lowered": "Lower quality",
  "graphics.lost.title": "Graphics stopped",
  "graphics.lost.detail":
    "The browser lost its 3D context, usually because memory ran out or the driver restarted. Your view, sections and measurements are kept.",
  "graphics.lost.remedy":
    "Restore the picture; if it is lost again, lower the quality or close other 3D tabs.",
  "graphics.lost.stays": "The browser does not give the picture back. Reload the page.",
  "graphics.memory.title": "Not enough memory for this model",
  "graphics.memory.detail": "The graphics card refused memory even for the coarse model.",
  "graphics.memory.remedy":
    "Lower the quality, close other 3D tabs, or open it on a larger machine.",
  "graphics.none.title": "This browser cannot draw in 3D",
  "graphics.none.detail": "It gives no WebGL 2 context.",
  "graphics.none.remedy":
    "Switch hardware acceleration on in the browser’s settings, or use another browser.",
  "graphics.base.title": "The model could not be loaded",
  "graphics.base.remedy":
    "Check the connection and reload the page. If it stays, convert the revision again.",
  "graphics.access.title": "You no longer have access to this model",
  "graphics.access.remedy":
    "Ask an owner of the project to let you in again, then reload the page.",
  "graphics.way.restore": "Restore",
  "graphics.way.lower": "Lower quality",
  "graphics.way.reload": "Reload",
  "graphics.missing":
    "{count, plural, one {# file of this model could not be loaded; the rest is shown.} other {# files of this model could not be loaded; the rest is shown.}}",
  "graphics.missing.why.damaged_chunk": "damaged",
  "graphics.missing.why.not_loaded": "not reached",
  "graphics.missing.why.no_access": "no access",
  "graphics.missing.why.no_memory": "no memory",
  "graphics.missing.retry": "Try again",
  "graphics.missing.list": "Files",
  "graphics.missing.hide": "Hide this message",
  "graphics.revoked":
    "You no longer have access to this revision. What is on the screen stays; nothing more can be loaded.",
  "graphics.revoked.retry": "Check again",
  "graphics.ranOut":
    "The graphics memory is full: parts are shown coarser. Select a sub-assembly to load only that.",
  "graphics.ranOut.only": "Load the selection only",
  "graphics.ranOut.lower": "Lower quality",
} as const;
