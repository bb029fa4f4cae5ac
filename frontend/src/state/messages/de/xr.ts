/** German: VR. */

import type { TextsOf } from "../../languages";
import type { xr as english } from "../en/xr";

export const xr = {
  "vr.address": "Adresse für das Headset",
  "vr.badge.line":
    "Quest 3: {triangles} von {most} Dreiecken, {draws} von {mostDraws} Zeichenaufrufen: {state}",
  "vr.badge.millions": "{count} Mio.",
  "vr.badge.passes": "passt",
  "vr.badge.reduced": "reduziert",
  "vr.badge.reduced.advice":
    "Aus der Ferne gröber gezeigt, fein dort, wo man steht. Teile isolieren, um mehr davon zugleich zu sehen.",
  "vr.badge.short": "Quest 3: {state}",
  "vr.badge.too_heavy": "zu schwer",
  "vr.badge.too_heavy.advice":
    "Im Headset fehlen kleine Teile. Nötiges isolieren oder einen Teil der Baugruppe hochladen.",
  "vr.blocked": "VR von dieser Seite gesperrt",
  "vr.budget.drawn": "{triangles} Dreiecke · {calls} Aufrufe · {subDraws} Teilaufrufe",
  "vr.budget.edges": "Kanten",
  "vr.budget.far": "ferne Teile",
  "vr.budget.foveation": "scharfer Rand",
  "vr.budget.framebuffer": "Pixel",
  "vr.budget.isolate": "Noch langsam: Nötiges isolieren",
  "vr.budget.isolateSelected": "Noch langsam: drücken, um die Auswahl zu isolieren",
  "vr.budget.level": "Stufe {level} · aufgegeben: {given}",
  "vr.budget.memory": "Speicher voll: gröber gezeigt",
  "vr.budget.none": "nichts",
  "vr.budget.rate": "{rate} von {wanted} Hz · JS {js} ms",
  "vr.budget.reduced": "Weniger Details (auto)",
  "vr.budget.small": "kleine Teile",
  "vr.browser": "Browser mit WebXR",
  "vr.browser.no":
    "Dieser Browser hat kein WebXR. Bekannt geeignet: Meta Quest Browser, Pico Browser, Wolvic, dazu Chrome oder Edge unter Windows mit angeschlossenem Headset.",
  "vr.browser.ok": "Dieser Browser kennt WebXR.",
  "vr.check": "Was fehlt hier?",
  "vr.device": "Headset",
  "vr.device.no":
    "An diesem Rechner ist kein Headset angeschlossen. Diese Adresse stattdessen im Browser des Headsets öffnen.",
  "vr.device.ok": "Ein Headset ist bereit.",
  "vr.enter": "VR starten",
  "vr.enterAr": "AR starten",
  "vr.failed": "VR konnte nicht starten: {detail}",
  "vr.fullPage": "Als ganze Seite öffnen",
  "vr.inside": "VR läuft. Stick nach vorn teleportiert, A oder X öffnet das Menü.",
  "vr.leave": "VR verlassen",
  "vr.leaveAr": "AR verlassen",
  "vr.lost":
    "Die Grafik des Headsets ging verloren. VR ist beendet, die Sitzung läuft weiter; VR wieder starten, sobald das Bild zurück ist.",
  "vr.needsHttps": "VR braucht HTTPS",
  "vr.openThere":
    "Diese Adresse im Browser des Headsets öffnen, oder dort auf /go den Code eingeben.",
  "vr.other": "VR …",
  "vr.preparing": "VR wird vorbereitet, {percent}",
  "vr.secure": "Sichere Adresse",
  "vr.secure.no":
    "Browser erlauben VR nur über HTTPS oder auf localhost; {origin} ist keines von beiden.",
  "vr.secure.ok": "{origin} ist eine sichere Adresse.",
  "vr.startFirst": "Sitzung starten, um einen Code zu erhalten.",
  "vr.title": "Virtuelle Realität",
  "vr.tour.closer": "Näher",
  "vr.tour.count": "{count, plural, one {# Änderung} other {# Änderungen}}",
  "vr.tour.how": "Auf › zeigen und den Abzug drücken, oder den anderen Stick nach rechts.",
  "vr.tour.old": "Halten: nur {label}",
  "vr.tour.whole": "Ganzes Modell",
  "vr.why.blocked": "Die Seite, die diese einbettet, erlaubt kein VR.",
  "vr.why.checking": "Headset wird noch gesucht.",
  "vr.why.insecure":
    "Browser erlauben VR nur über HTTPS oder auf localhost, und {origin} ist keines von beiden.",
  "vr.why.noDevice":
    "An diesem Rechner ist kein Headset angeschlossen. Mit einem eigenständigen Headset dort dieselbe Adresse öffnen.",
  "vr.why.unsupported":
    "Dieser Browser hat kein WebXR. Den Browser des Headsets verwenden, oder Chrome oder Edge mit angeschlossenem Headset.",
  "vr.audioHere": "Ton hierher",
  "vr.browserHead": "Browser",
  "vr.browsers": "Bekannt geeignete Browser",
  "vr.elsewhere": "In VR auf {device}",
  "vr.endThere": "VR dort beenden",
  "vr.https.authority": "SHA-256 der Stelle, die es unterschreibt",
  "vr.https.download": "Stammzertifikat herunterladen",
  "vr.https.elsewhere": "VR ist unter {origin} möglich.",
  "vr.https.failed": "Die https-Adresse konnte nicht erfragt werden",
  "vr.https.fingerprint": "SHA-256 des Zertifikats",
  "vr.https.open": "{origin} öffnen",
  "vr.https.proxy":
    "Oder einen Proxy mit Zertifikat davorsetzen und HOLOTABLE_PUBLIC_URL auf dessen Adresse setzen.",
  "vr.https.start": "Den Server mit eigenem Zertifikat starten:",
  "vr.https.title": "HTTPS für Headsets",
  "vr.https.trust":
    "Der Browser fragt einmal, ob ihm zu trauen ist: Fingerabdruck vergleichen. Wer das Stammzertifikat einrichtet, wird nicht gefragt.",
  "vr.lobby": "Mit einem Headset teilnehmen",
  "vr.lobbyHow": "Abfotografieren, oder im Headset die kurze Adresse öffnen und den Code eingeben.",
  "vr.otherDevice": "einem anderen Gerät",
  "vr.policy": "Erlaubnis der Seite",
  "vr.policy.no": "Die Seite, die diese einbettet, erlaubt kein VR. Diese als ganze Seite öffnen.",
  "vr.policy.ok": "Nichts verbietet VR hier.",
  "vr.why.elsewhere": "VR läuft auf einem anderen Gerät. Die Sitzung ist dort dieselbe.",
  "vr.without": "Ohne VR",
  "vr.withoutText":
    "Telefone, Tablets und Rechner zeigen dieselbe Sitzung; {address} lässt alle mit ihrem Code ein.",
} as const satisfies TextsOf<typeof english>;
