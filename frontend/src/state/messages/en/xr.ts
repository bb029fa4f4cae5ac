/** English: VR. */

export const xr = {
  "vr.address": "Address for the headset",
  "vr.badge.line":
    "Quest 3: {triangles} of {most} triangles, {draws} of {mostDraws} draws: {state}",
  "vr.badge.millions": "{count} M",
  "vr.badge.passes": "passes",
  "vr.badge.reduced": "reduced",
  "vr.badge.reduced.advice":
    "Shown coarser from afar, finely where one stands. Isolate parts to see more of them at once.",
  "vr.badge.short": "Quest 3: {state}",
  "vr.badge.too_heavy": "too heavy",
  "vr.badge.too_heavy.advice":
    "Small parts are left out in a headset. Isolate what you need, or upload a part of the assembly.",
  "vr.blocked": "VR blocked by this page",
  "vr.budget.drawn": "{triangles} triangles · {calls} calls · {subDraws} sub-draws",
  "vr.budget.edges": "edges",
  "vr.budget.far": "far parts",
  "vr.budget.foveation": "sharp rim",
  "vr.budget.framebuffer": "pixels",
  "vr.budget.isolate": "Still slow: isolate what you need",
  "vr.budget.isolateSelected": "Still slow: press to isolate the selection",
  "vr.budget.level": "Level {level} · given up: {given}",
  "vr.budget.memory": "Memory is full: shown more coarsely",
  "vr.budget.none": "nothing",
  "vr.budget.rate": "{rate} of {wanted} Hz · JS {js} ms",
  "vr.budget.reduced": "Reduced detail (auto)",
  "vr.budget.small": "small parts",
  "vr.browser": "Browser with WebXR",
  "vr.browser.no":
    "This browser has no WebXR. Known to work: Meta Quest Browser, Pico Browser, Wolvic, and Chrome or Edge on Windows with a headset connected.",
  "vr.browser.ok": "This browser knows WebXR.",
  "vr.check": "What is missing here?",
  "vr.device": "Headset",
  "vr.device.no":
    "No headset is connected to this computer. Open this address in the browser of the headset instead.",
  "vr.device.ok": "A headset is ready.",
  "vr.enter": "Enter VR",
  "vr.failed": "VR could not start: {detail}",
  "vr.fullPage": "Open full page",
  "vr.httpsHow":
    "Start the server with HTTPS=1 (make run HTTPS=1), or put a proxy with a certificate in front of it, and open the https address that it prints.",
  "vr.inside": "You are in VR. Stick forward teleports, A changes the scale.",
  "vr.leave": "Leave VR",
  "vr.lost":
    "The headset's graphics were lost. VR has ended, the session goes on; enter VR again when the picture is back.",
  "vr.needsHttps": "VR needs HTTPS",
  "vr.openThere":
    "Open this address in the browser of the headset, or go to /go there and type the code.",
  "vr.other": "VR…",
  "vr.preparing": "Preparing VR {percent}",
  "vr.secure": "Secure address",
  "vr.secure.no": "Browsers allow VR only over HTTPS or on localhost; {origin} is neither.",
  "vr.secure.ok": "{origin} is a secure address.",
  "vr.startFirst": "Start a session to get a code.",
  "vr.title": "Virtual reality",
  "vr.tour.closer": "Closer",
  "vr.tour.count": "{count, plural, one {# change} other {# changes}}",
  "vr.tour.how": "Point at › and pull the trigger, or push the other stick to the right.",
  "vr.tour.old": "Hold: {label} alone",
  "vr.tour.whole": "Whole model",
  "vr.why.blocked": "The page that embeds this one does not allow VR.",
  "vr.why.checking": "Still looking for a headset.",
  "vr.why.insecure": "Browsers allow VR only over HTTPS or on localhost, and {origin} is neither.",
  "vr.why.noDevice":
    "No headset is connected to this computer. With a standalone headset, open the same address there.",
  "vr.why.unsupported":
    "This browser has no WebXR. Use the browser of the headset, or Chrome or Edge with a headset connected.",
} as const;
