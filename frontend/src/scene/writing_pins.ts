/** Where others write an issue or a comment right now: a pulsing pin with their name, gone when they are done or left. */

import { t } from "../state/messages";
import type { Person } from "../state/workspace";
import { standingPlace } from "./pin_layer";
import { personColour } from "./theme";
import type { Viewer } from "./viewer";
import "./writing_pins.css";

/** Draws them until the returned function is called. */
export function drawWritingPins(viewer: Viewer): () => void {
  const { workspace, overlay } = viewer;
  const pins = new Map<number, HTMLElement>();
  let writing: readonly Person[] = [];

  const stopPeople = workspace.people.subscribe((people) => {
    const revision = workspace.revision.get()?.revisionId;
    writing = people.filter(
      ({ mine, lost, status }) =>
        !mine && !lost && status.writing && status.writing.revision_id === revision,
    );
    for (const [slot, pin] of pins)
      if (!writing.some((person) => person.slot === slot)) {
        pin.remove();
        pins.delete(slot);
      }
    for (const person of writing) {
      const pin = pins.get(person.slot) ?? makePin(person.slot);
      if (!pins.has(person.slot)) overlay.element.append(pin);
      pins.set(person.slot, pin);
      dress(pin, person);
    }
    viewer.invalidate();
  });

  const stopFrames = viewer.onFrame(() => {
    for (const { slot, status } of writing) {
      const pin = pins.get(slot);
      if (!pin || !status.writing) continue;
      const { occurrence, point } = status.writing;
      const place = standingPlace(viewer, occurrence ?? -1, point);
      const at = viewer.presenting ? null : viewer.projectToScreen(place);
      pin.hidden = at === null;
      if (at) pin.style.transform = `translate(${at.x.toFixed(1)}px, ${at.y.toFixed(1)}px)`;
    }
  });

  return () => {
    stopPeople();
    stopFrames();
    for (const pin of pins.values()) pin.remove();
  };
}

function makePin(slot: number): HTMLElement {
  const pin = document.createElement("div");
  pin.className = "writing-pin";
  pin.hidden = true;
  pin.dataset["testid"] = "writing-pin";
  pin.dataset["slot"] = String(slot);
  pin.innerHTML =
    '<i></i><svg width="22" height="28" viewBox="-11 -28 22 28" aria-hidden="true"><path d="M0 0C-8-9-10-13-10-18a10 10 0 0 1 20 0C10-13 8-9 0 0Z" fill="var(--person)" stroke="#fff" stroke-width="1.5"/><circle cx="-4" cy="-18" r="1.6" fill="#fff"/><circle cx="0" cy="-18" r="1.6" fill="#fff"/><circle cx="4" cy="-18" r="1.6" fill="#fff"/></svg><span></span>';
  return pin;
}

function dress(pin: HTMLElement, { name, colour, status }: Person): void {
  pin.style.setProperty("--person", personColour(colour));
  const words = pin.querySelector("span");
  const kind = status.writing?.kind ?? "issue";
  if (words) words.textContent = t(`live.writing.${kind}`, { name });
}
