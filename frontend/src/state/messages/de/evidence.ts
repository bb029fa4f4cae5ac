/** German: what became of a place on the model. */

import type { TextsOf } from "../../languages";
import type { evidence as english } from "../en/evidence";

export const evidence = {
  "evidence.again": "Hier neu verankern",
  "evidence.againHint":
    "Der gefundene Ort wird der Ort des Issues, und die nächste Revision wird damit verglichen.",
  "evidence.approximate": "das Teil wurde an seinem Aussehen erkannt",
  "evidence.area": "Fläche {from} → {to}",
  "evidence.distance": "nächste Oberfläche {distance} entfernt",
  "evidence.face.cone": "Kegel",
  "evidence.face.cylinder": "Zylinder",
  "evidence.face.other": "Freiformfläche",
  "evidence.face.plane": "ebene Fläche",
  "evidence.face.sphere": "Kugel",
  "evidence.face.torus": "Torus",
  "evidence.faceGone": "weg: {face}",
  "evidence.faceMoved": "Seine Fläche hat sich um {distance} verschoben",
  "evidence.flatness": "anders gekrümmt",
  "evidence.madeOn": "Auf Revision {label} gesetzt.",
  "evidence.none": "Es hat keinen Ort auf dem Modell.",
  "evidence.normal": "um {angle}° gedreht",
  "evidence.partMoved": "Sein Teil hat sich um {distance} verschoben",
  "evidence.put": "Pin setzen",
  "evidence.radius": "Radius {from} → {to}",
  "evidence.reason.face_gone": "Die Fläche darunter ist weg",
  "evidence.reason.face_moved": "Seine Fläche hat sich verschoben",
  "evidence.reason.not_compared": "Die Formen ließen sich nicht vergleichen",
  "evidence.reason.part_gone": "Sein Teil ist weg",
  "evidence.reason.part_moved": "Sein Teil hat sich verschoben",
  "evidence.reason.part_without_shape": "Sein Teil hat in dieser Revision keine Form",
  "evidence.reason.same_face": "Dieselbe Fläche ist noch da",
  "evidence.reason.same_surface": "Dieselbe Oberfläche ist noch da",
  "evidence.reason.size_changed": "Die Fläche darunter hat eine andere Größe",
  "evidence.reason.surface_changed": "Die Oberfläche darunter ist eine andere",
  "evidence.source.exact": "An den exakten Formen erkannt",
  "evidence.source.mesh": "An den Dreiecken erkannt",
  "evidence.title": "Sein Ort auf dem Modell",
  "evidence.tolerance": "auf {tolerance} genau",
} as const satisfies TextsOf<typeof english>;
