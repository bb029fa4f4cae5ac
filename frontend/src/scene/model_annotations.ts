/** The file's own annotations over one model: fetched when first wanted, drawn as long as they are. */

import type { Group } from "three";
import type { Manifest } from "../state/model";
import { RangeSet } from "../state/ranges";
import type { Occurrences } from "./occurrences";
import {
  PMI_DRAWINGS_FILE,
  PMI_FILE,
  type Pmi,
  type PmiDrawings,
  readPmi,
  readPmiDrawings,
} from "./pmi";
import { type NotesCut, PmiLayer, type ShownNotes } from "./pmi_layer";

/** One model's annotations; they are added to `group`, in the model frame. */
export class ModelAnnotations {
  private readonly manifest: Manifest;
  private readonly occurrences: Occurrences;
  private readonly group: Group;
  private layer: PmiLayer | null = null;
  private shown = false;
  private touched = false;
  private cut: NotesCut = { planes: [], uncut: RangeSet.empty, slack: 0 };
  private dark = false;
  private disposed = false;
  private notes: ShownNotes = { isShown: () => true, chosen: null };
  private said: {
    readonly pmi: Pmi;
    readonly drawings: PmiDrawings;
    readonly hidden: () => RangeSet;
  } | null = null;

  constructor(manifest: Manifest, occurrences: Occurrences, group: Group) {
    this.manifest = manifest;
    this.occurrences = occurrences;
    this.group = group;
  }

  /** Shows the file's drawn annotations, fetched when first wanted, or hides them. */
  async show(
    shown: boolean,
    fetchFile: (file: string) => Promise<ArrayBuffer>,
    hidden: () => RangeSet,
  ): Promise<void> {
    if (shown === this.shown) return;
    this.shown = shown;
    if ((this.manifest.pmi?.presentations ?? 0) === 0) return;
    if (shown && !this.said) {
      const [said, drawn] = await Promise.all([fetchFile(PMI_FILE), fetchFile(PMI_DRAWINGS_FILE)]);
      const drawings = readPmiDrawings(drawn);
      const document: unknown = JSON.parse(new TextDecoder().decode(said));
      this.said = { pmi: readPmi(document, drawings), drawings, hidden };
    }
    this.draw();
  }

  /** Which of the annotations are drawn, and which one is looked at. */
  setNotes(shown: ShownNotes): void {
    this.notes = shown;
    this.touched = true;
  }

  /** Cuts as the parts are cut. */
  setCut(cut: NotesCut): void {
    this.cut = cut;
    this.layer?.cut(cut);
  }

  /** What is hidden or pulled apart has changed. */
  touch(): void {
    this.touched = true;
  }

  setDark(dark: boolean): void {
    this.dark = dark;
    this.layer?.setColours(dark);
  }

  /** Brings the drawing up to date before a picture. */
  prepare(): void {
    if (!this.touched) return;
    this.touched = false;
    if (this.layer) this.draw();
  }

  /** GL calls in one picture. */
  get drawCalls(): number {
    return this.layer?.drawCalls ?? 0;
  }

  dispose(): void {
    this.disposed = true;
    this.layer?.dispose();
  }

  private draw(): void {
    this.layer?.dispose();
    this.layer = null;
    const { said, manifest, occurrences, notes } = this;
    if (!this.shown || !said || this.disposed) return;
    const { pmi, drawings, hidden } = said;
    this.layer = new PmiLayer(manifest, occurrences, pmi, drawings, hidden(), notes);
    this.layer.cut(this.cut);
    this.layer.setColours(this.dark);
    this.group.add(this.layer.group);
  }
}
