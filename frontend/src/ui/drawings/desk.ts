/** The drawings of the revision on the table: listed, sent, renamed, removed; the sheet that is open, what stands on it. */

import { getContext, setContext } from "svelte";
import type { Api } from "../../api/api";
import type { Drawing, SheetPin } from "../../api/drawings";
import type { ApiError } from "../../api/http";
import { t } from "../../state/messages";
import { type Readable, Store } from "../../state/store";
import type { Workspace } from "../../state/workspace";
import { newUuid } from "../issues/drafts";
import { MarkList } from "./marks";
import { toApiError } from "../resource.svelte";
import type { Toasts } from "../toasts";

export interface DrawingHost {
  readonly api: Pick<
    Api,
    | "drawings"
    | "sheetPins"
    | "addDrawing"
    | "renameDrawing"
    | "removeDrawing"
    | "restoreDrawing"
    | "putIssueOnSheet"
    | "takeIssueOffSheet"
  >;
  readonly toasts: Pick<Toasts, "show">;
  readonly workspace: Pick<Workspace, "announce">;
  readonly revisionId: string;
}

/** One file on its way. */
export interface DrawingUpload {
  readonly id: string;
  readonly file: File;
  /** 0 to 1; 1: it is being read. */
  readonly share: number;
  /** Why it stopped; null while it goes on. */
  readonly problem: ApiError | null;
}

/** The sheet beside the model. look: counts up when its pin is to be looked at. */
export interface OpenSheet {
  readonly drawingId: string;
  readonly page: number;
  /** Issue or comment whose place is to be seen; null: the whole sheet. */
  readonly wanted: string | null;
  readonly look: number;
}

/** News come in bursts: an issue, its view and its pin are three. */
const SETTLE_MS = 120;

/** An issue that gets another place. */
export interface MovingIssue {
  readonly id: string;
  readonly number: number;
}

export class DrawingDesk {
  /** By name; null: not fetched yet. */
  readonly rows = new Store<readonly Drawing[] | null>(null);
  readonly pins = new Store<readonly SheetPin[]>([]);
  readonly problem = new Store<ApiError | null>(null);
  readonly uploads = new Store<readonly DrawingUpload[]>([]);
  readonly open = new Store<OpenSheet | null>(null);
  /** Its place is where the sheet is pressed next. */
  readonly moving = new Store<MovingIssue | null>(null);
  private readonly lists = new Map<string, MarkList>();
  private readonly host: DrawingHost;
  private readonly aborts = new Map<string, AbortController>();
  private turn = 0;
  private looks = 0;
  private loaded: Promise<void> | null = null;

  constructor(host: DrawingHost) {
    this.host = host;
  }

  /** Fetches everything, and again after each burst of news; returns the way to stop. */
  start(heard: Readable<number>): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const known = heard.get();
    void this.reload();
    const stop = heard.subscribe((count) => {
      if (count === known) return;
      clearTimeout(timer);
      timer = setTimeout(() => void this.reload(), SETTLE_MS);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }

  async reload(): Promise<void> {
    this.loaded = this.fetch();
    await this.loaded;
  }

  private async fetch(): Promise<void> {
    const { api, revisionId } = this.host;
    this.turn += 1;
    const turn = this.turn;
    try {
      const [rows, pins] = await Promise.all([api.drawings(revisionId), api.sheetPins(revisionId)]);
      if (turn !== this.turn) return;
      // What did not change stays the same object, so that nobody draws it again.
      const before = new Map((this.rows.get() ?? []).map((row) => [row.etag, row]));
      this.rows.set(rows.map((row) => before.get(row.etag) ?? row));
      this.pins.set(pins);
      this.problem.set(null);
      // Somebody removed it meanwhile.
      const open = this.open.get();
      if (open && !rows.some(({ id }) => id === open.drawingId)) this.open.set(null);
    } catch (error) {
      if (turn === this.turn) this.problem.set(toApiError(error));
    }
  }

  /** Opens a sheet; the nearest one that the drawing has. */
  show(drawingId: string, page = 0, wanted: string | null = null): void {
    const drawing = this.rows.get()?.find(({ id }) => id === drawingId);
    if (!drawing) return;
    this.looks += 1;
    const nearest = Math.min(drawing.page_count - 1, Math.max(0, page));
    this.open.set({ drawingId, page: nearest, wanted, look: this.looks });
  }

  /** Turns to another sheet of the drawing that is open. */
  turnTo(page: number): void {
    const open = this.open.get();
    if (open && page !== open.page) this.show(open.drawingId, page);
  }

  close(): void {
    this.moving.set(null);
    this.open.set(null);
  }

  // Where issues stand

  /** The next press on a sheet is the place of this issue: on the sheet that is open, its own, or the first. */
  async startMoving({ id, number }: MovingIssue): Promise<void> {
    if (!this.open.get() && !(await this.showPlace(id))) {
      const first = this.rows.get()?.[0];
      if (!first) return;
      this.show(first.id);
    }
    this.moving.set({ id, number });
  }

  /** Puts the issue that is moved on the sheet that is open. What is drawn with it stays on its sheet. */
  async putHere({ x, y }: { readonly x: number; readonly y: number }): Promise<void> {
    const [open, moving] = [this.open.get(), this.moving.get()];
    if (!open || !moving) return;
    this.moving.set(null);
    const { drawingId, page } = open;
    const before = this.pins.get().find((pin) => pin.of_id === moving.id);
    const stays = before?.shown_on === drawingId && before.page === page;
    const marks = stays ? [...before.marks] : [];
    const place = { id: newUuid(), drawing_id: drawingId, page, x, y, marks };
    const { api, workspace } = this.host;
    if (!(await this.attempt(() => api.putIssueOnSheet(moving.id, place)))) return;
    const name = this.rows.get()?.find((row) => row.id === drawingId)?.name ?? "";
    workspace.announce(t("drawing.put", { number: moving.number, name, sheet: page + 1 }));
  }

  async takeOff(issue: MovingIssue): Promise<void> {
    if (await this.attempt(() => this.host.api.takeIssueOffSheet(issue.id)))
      this.host.workspace.announce(t("drawing.takenOff", { number: issue.number }));
  }

  /** Opens the sheet where an issue or a comment stands; false: it is on none of this revision's. */
  async showPlace(id: string): Promise<boolean> {
    await (this.loaded ?? this.reload());
    const pin =
      this.pins.get().find((one) => one.of_id === id && !one.is_carried) ??
      this.pins.get().find((one) => one.of_id === id);
    if (!pin) return false;
    this.show(pin.shown_on, pin.page, id);
    return true;
  }

  /** What was drawn on a sheet and not said yet; it outlives closing it. */
  marksOf(sheet: string): MarkList {
    const list = this.lists.get(sheet) ?? new MarkList();
    this.lists.set(sheet, list);
    return list;
  }

  /** Waits for the list, then opens a sheet of it. */
  async showSoon(drawingId: string, page: number): Promise<void> {
    await (this.loaded ?? this.reload());
    this.show(drawingId, page);
  }

  // Sending

  add(files: Iterable<File>): void {
    for (const file of files) {
      const upload: DrawingUpload = { id: newUuid(), file, share: 0, problem: null };
      this.uploads.update((all) => [...all, upload]);
      void this.send(upload);
    }
  }

  /** Stops it, or takes a refused one off the list. */
  cancel(id: string): void {
    this.aborts.get(id)?.abort();
    this.uploads.update((all) => all.filter((one) => one.id !== id));
  }

  retry(id: string): void {
    this.change(id, { share: 0, problem: null });
    const upload = this.uploads.get().find((one) => one.id === id);
    if (upload) void this.send(upload);
  }

  /** Never rejects: why it was refused stands with it. */
  private async send({ id, file }: DrawingUpload): Promise<void> {
    const { api, revisionId, workspace } = this.host;
    const abort = new AbortController();
    this.aborts.set(id, abort);
    try {
      const drawing = await api.addDrawing(
        revisionId,
        { id, file },
        ({ sentBytes, totalBytes }) =>
          this.change(id, { share: sentBytes / Math.max(1, totalBytes) }),
        abort.signal,
      );
      // At once: news of it may be on the way as well, and the last answer that was asked for counts.
      this.rows.update((rows) => [...(rows ?? []).filter((one) => one.id !== drawing.id), drawing]);
      this.uploads.update((all) => all.filter((one) => one.id !== id));
      workspace.announce(t("drawing.place", { name: drawing.name, sheet: 1 }));
      if (!this.open.get()) this.show(drawing.id);
      await this.reload();
    } catch (error) {
      if (!abort.signal.aborted) this.change(id, { problem: toApiError(error) });
    } finally {
      this.aborts.delete(id);
    }
  }

  private change(id: string, change: Partial<DrawingUpload>): void {
    this.uploads.update((all) => all.map((one) => (one.id === id ? { ...one, ...change } : one)));
  }

  // Changing

  /** False when the name was refused; why is said. */
  async rename(drawing: Drawing, name: string): Promise<boolean> {
    return this.attempt(() => this.host.api.renameDrawing(drawing.id, name));
  }

  async remove(drawing: Drawing): Promise<void> {
    const { api, toasts } = this.host;
    if (!(await this.attempt(() => api.removeDrawing(drawing.id)))) return;
    toasts.show(t("drawing.removed", { name: drawing.name }), {
      action: {
        label: t("action.undo"),
        run: () => void this.attempt(() => api.restoreDrawing(drawing.id)),
      },
    });
  }

  private async attempt(act: () => Promise<unknown>): Promise<boolean> {
    let done = true;
    try {
      await act();
    } catch (error) {
      done = false;
      const { message, remedy } = toApiError(error);
      this.host.toasts.show([message, remedy].filter(Boolean).join(" "), { kind: "error" });
    }
    await this.reload();
    return done;
  }
}

const KEY = Symbol("drawings");

export function provideDrawings(desk: DrawingDesk): void {
  setContext(KEY, desk);
}

export function useDrawings(): DrawingDesk {
  return getContext<DrawingDesk>(KEY);
}
