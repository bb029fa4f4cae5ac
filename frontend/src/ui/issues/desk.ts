/**
 * The issues and comments of the revision on the table: fetched, kept up to date, pinned, sent. A draft is sent in
 * steps that the server takes twice without harm, so that whatever breaks in between is simply sent again.
 */

import { getContext, setContext } from "svelte";
import type { Api } from "../../api/api";
import { watchProject } from "../../api/events";
import { type ApiError, unreachable } from "../../api/http";
import type {
  Issue,
  IssueComment,
  IssueSettings,
  IssueView,
  PinColumns,
  VerifyItem,
} from "../../api/issues";
import type { Member } from "../../api/types";
import type { PinPlace } from "../../state/areas/issues";
import type { Commands } from "../../state/commands";
import { addressOf, blobOf } from "../../browser/data_address";
import { t } from "../../state/messages";
import { RangeSet } from "../../state/ranges";
import { Store } from "../../state/store";
import type { RevisionRef, Workspace } from "../../state/workspace";
import { type Kept, shelf } from "../../shelf";
import type { DrawingDesk } from "../drawings/desk";
import { toApiError } from "../resource.svelte";
import type { Toasts } from "../toasts";
import { readAny, readFragment } from "../views/link";
import type { Views } from "../views/views";
import {
  Drafts,
  type IssueDraft,
  type IssueSeen,
  type SheetSeen,
  isWorthKeeping,
  newDraft,
  newUuid,
} from "./drafts";
import { changeField, statusOf } from "./edit";
import { anchorAgain } from "./evidence";
import { composeByHand } from "./by_hand";
import { Outbox, inTime, isAway } from "./outbox";
import { pinsOf } from "./pins";
import { anchorOf, sendDraft } from "./sending";

export interface IssueHost {
  readonly workspace: Workspace;
  readonly commands: Commands;
  readonly api: Api;
  readonly toasts: Toasts;
  readonly views: Views;
  readonly revision: RevisionRef;
  readonly meId: string | null;
  /** What the canvas shows; null where nothing can be taken. */
  snapshot(): Promise<Blob | null>;
  /** The panel comes forward. */
  showPanel(): void;
  /** The sheets beside the model. */
  readonly drawings: Pick<DrawingDesk, "showPlace" | "showSoon" | "reload">;
  /** Number of an issue or id of a comment that the address asks for. */
  readonly wanted: string | null;
}

/** News come in bursts: an issue, its view and its pin are three. */
const SETTLE_MS = 120;

export class IssueDesk {
  /** Of the asset, newest first; null: not fetched yet. */
  readonly rows = new Store<readonly Issue[] | null>(null);
  /** Made on this revision, oldest first. */
  readonly comments = new Store<readonly IssueComment[]>([]);
  readonly problem = new Store<ApiError | null>(null);
  /** Probably resolved on this revision, please verify. */
  readonly verify = new Store<readonly VerifyItem[]>([]);
  /** Counts up with each thing that the server tells of. */
  readonly heard = new Store(0);
  readonly settings = new Store<IssueSettings | null>(null);
  readonly members = new Store<readonly Member[]>([]);
  /** What the composer shows; null: it is closed. */
  readonly draft = new Store<IssueDraft | null>(null);
  readonly seen = new Store<IssueSeen | null>(null);
  readonly sending = new Store(false);
  readonly refused = new Store<string | null>(null);
  /** Counts up with each draft that arrived. */
  readonly sent = new Store(0);
  /** Counts up with each press on a part: the title wants the focus again. */
  readonly pressed = new Store(0);
  /** What waits for the server. */
  readonly outbox: Outbox;
  private readonly host: IssueHost;
  private readonly drafts: Drafts;
  private timer = 0;
  private turn = 0;

  constructor(host: IssueHost, kept: Kept = shelf("localStorage")) {
    this.host = host;
    const { revisionId } = host.revision;
    this.drafts = new Drafts(kept, revisionId);
    this.outbox = new Outbox({
      ...{ shelf: kept, revisionId, meId: host.meId },
      send: async ({ draft, seen }, made) => this.deliver(draft, seen, made),
      onsent: () => void Promise.all([this.reload(), this.host.drawings.reload()]),
    });
  }

  /** Begins; returns the way to stop. */
  start(): () => void {
    const { workspace, commands, api, revision, meId } = this.host;
    workspace.pinMe.set(meId);
    const stops = [
      workspace.pinPlace.subscribe((place) => void this.press(place)),
      workspace.structure.subscribe(() => this.showPins()),
      commands.register("issue.open", ({ id }) => void this.open(id)),
      commands.register("issue.next", () => this.step(1)),
      commands.register("issue.previous", () => this.step(-1)),
      composeByHand(this, this.host),
      watchProject(
        api.projectEventsUrl(revision.projectId),
        () => undefined,
        () => undefined,
        (news) => {
          if (news.asset_id !== null && news.asset_id !== revision.assetId) return;
          this.heard.update((count) => count + 1);
          this.reloadSoon();
        },
      ),
    ];
    // With the first list that arrives: news may have asked for a later one before this one was here.
    let listed = false;
    stops.push(
      this.rows.subscribe((rows) => {
        if (!rows || listed) return;
        listed = true;
        queueMicrotask(() => void this.openWanted());
      }),
    );
    const flush = (): void => void this.outbox.flush();
    addEventListener("online", flush);
    stops.push(
      () => removeEventListener("online", flush),
      this.outbox.waiting.subscribe(({ length }) => workspace.issuesWaiting.set(length)),
      // The room is heard again: so is the rest of the server.
      workspace.connection.subscribe(({ kind }) => {
        if (kind === "connected" || kind === "unstable") flush();
      }),
      () => this.outbox.stop(),
    );
    flush();
    void this.reload();
    void this.fetchWords();
    this.takeUp();
    return () => {
      clearTimeout(this.timer);
      for (const stop of stops) stop();
    };
  }

  async reload(): Promise<void> {
    const { api, revision } = this.host;
    this.turn += 1;
    const turn = this.turn;
    try {
      const [pins, rows, comments, verify] = await Promise.all([
        api.pins(revision.revisionId),
        api.everyIssue(revision.projectId, { asset_id: revision.assetId }),
        api.revisionComments(revision.revisionId),
        api.issuesToVerify(revision.projectId),
      ]);
      if (turn !== this.turn) return;
      this.verify.set(verify.filter(({ outcome }) => outcome.revision_id === revision.revisionId));
      this.columns = pins;
      this.rows.set(this.withGuest(rows));
      this.comments.set(comments);
      this.problem.set(null);
      this.showPins();
    } catch (error) {
      if (turn === this.turn) this.problem.set(toApiError(error));
    }
  }

  /** Puts a newer copy of an issue into the list at once. */
  put(issue: Issue): void {
    if (this.guest?.id === issue.id) this.guest = issue;
    this.rows.update((rows) => rows && rows.map((old) => (old.id === issue.id ? issue : old)));
  }

  /** Shows an issue or a comment: what its author saw, and what was said. */
  async open(id: string): Promise<void> {
    const { workspace, commands, api, views, showPanel } = this.host;
    workspace.pinStack.set(null);
    workspace.chosenPin.set(id);
    showPanel();
    const row = (this.rows.get() ?? []).find((one) => one.id === id);
    const pin = workspace.pins.get().find((one) => one.id === id);
    try {
      const onSheet = await this.host.drawings.showPlace(id);
      if (onSheet && !pin) return;
      const seen = row && row.viewpoint_count > 0 ? await api.issueViews(id) : [];
      const content = seen.find((one) => one.content !== null)?.content;
      if (row && content !== undefined && content !== null) {
        await views.apply(readAny(content), { id: null, name: nameOf(row) });
      } else if (pin && pin.occurrence >= 0)
        commands.run("camera.fit", { ranges: RangeSet.of(pin.occurrence) });
    } catch (error) {
      this.say(error);
    }
  }

  /** Shows one of the views of an issue. */
  async showView(issue: Issue, { content }: IssueView): Promise<void> {
    try {
      await this.host.views.apply(readAny(content), { id: null, name: nameOf(issue) });
    } catch (error) {
      this.say(error);
    }
  }

  /** Adds what is on the screen to an issue. */
  async addView(issue: Issue): Promise<void> {
    const { api, views } = this.host;
    try {
      const picture = await this.picture();
      const snapshot = picture === null ? null : blobOf(picture);
      await api.addIssueView(issue.id, { id: newUuid(), content: views.seen(), snapshot });
      await this.reload();
    } catch (error) {
      this.say(error);
    }
  }

  /** What was to be verified is resolved. */
  async resolve(issue: Issue): Promise<void> {
    const settings = this.settings.get();
    const status = settings && statusOf("resolved", settings);
    if (!status) return;
    try {
      const edited = await changeField(this.host.api, issue, "status", status);
      if ("conflict" in edited)
        this.host.toasts.show(t("issue.conflict", { name: edited.conflict.name }));
    } catch (error) {
      this.say(error);
    }
    await this.reload();
  }

  /** What was to be verified is still so: the place that was found becomes the issue's own. */
  async keepPlace({ issue, outcome }: VerifyItem): Promise<void> {
    const anchor = anchorAgain(outcome, newUuid());
    try {
      if (anchor) await this.host.api.anchorIssue(issue.id, anchor);
    } catch (error) {
      this.say(error);
    }
    await this.reload();
  }

  /** What the address asks for; where it also says what is seen, that stays. */
  private async openWanted(): Promise<void> {
    const { wanted, workspace, showPanel, toasts } = this.host;
    if (wanted === null) return;
    const row = (this.rows.get() ?? []).find(({ number }) => String(number) === wanted);
    const id =
      row?.id ??
      this.comments.get().find((one) => one.id === wanted)?.id ??
      (await this.fetchGuest(Number(wanted)));
    if (id === undefined) return void toasts.show(t("issue.notHere", { wanted }));
    if (readFragment(location.hash).kind !== "none") {
      workspace.chosenPin.set(id);
      showPanel();
      return;
    }
    const stop = workspace.structure.subscribe((structure) => {
      if (!structure) return;
      queueMicrotask(() => stop());
      void this.open(id);
    });
  }

  /** An issue of the whole project that is opened here, so that it gets its place; it is this model's once it has one. */
  private guest: Issue | null = null;

  private async fetchGuest(number: number): Promise<string | undefined> {
    if (!Number.isInteger(number)) return undefined;
    try {
      const found = await this.host.api.issueOfNumber(this.host.revision.projectId, number);
      if (found?.asset_id !== null) return undefined;
      this.guest = found;
      this.rows.update((rows) => this.withGuest(rows ?? []));
      return found.id;
    } catch (error) {
      this.say(error);
      return undefined;
    }
  }

  private withGuest(rows: readonly Issue[]): readonly Issue[] {
    const { guest } = this;
    return guest && !rows.some(({ id }) => id === guest.id) ? [guest, ...rows] : rows;
  }

  /** The places of the list in the order that the panel shows: issues, then comments. */
  private step(by: 1 | -1): void {
    const { workspace } = this.host;
    const rows = (this.rows.get() ?? []).filter(({ category }) => category !== "closed");
    const comments = this.comments
      .get()
      .filter((one) => !one.reply_to && !one.resolved_at && !one.became_issue_id);
    const ids = [...rows, ...comments].map(({ id }) => id);
    if (ids.length === 0) return workspace.announce(t("issue.emptyRead"));
    const at = ids.indexOf(workspace.chosenPin.get() ?? "");
    const next = at < 0 ? (by > 0 ? 0 : ids.length - 1) : (at + by + ids.length) % ids.length;
    const id = ids[next];
    if (id !== undefined) void this.open(id);
  }

  // Writing

  /** A part was pressed: the composer opens there with what is seen, or an issue gets its place. */
  private async press(place: PinPlace | null): Promise<void> {
    const { workspace } = this.host;
    const task = workspace.pinTask.get();
    if (!place) return this.close();
    if (task?.kind === "move") return this.move(task.issueId, task.number, place);
    if (!task || place === this.seen.get()?.place) return;
    const kept = this.drafts.read();
    const before = this.draft.get() ?? (kept && isWorthKeeping(kept) ? kept : null);
    if (before && !this.draft.get()) workspace.announce(t("issue.restored"));
    const draft = before
      ? { ...before, kind: this.draft.get() ? before.kind : task.kind, open: true }
      : newDraft(task.kind);
    const content = this.host.views.seen();
    this.seen.set({ place, content, snapshot: null });
    this.change(draft);
    this.pressed.update((count) => count + 1);
    const snapshot = await this.picture();
    // Meanwhile another part was pressed, or it was sent.
    if (this.seen.get()?.place !== place) return;
    const seen: IssueSeen = { place, content, snapshot, voice: this.seen.get()?.voice ?? null };
    this.seen.set(seen);
    this.drafts.keepSeen(seen);
  }

  /** A place on a sheet was pointed at: the composer opens there. */
  startOnSheet(kind: IssueDraft["kind"], sheet: SheetSeen): void {
    const kept = this.drafts.read();
    const open = this.draft.get();
    const before = open ?? (kept && isWorthKeeping(kept) ? kept : null);
    if (before && !open) this.host.workspace.announce(t("issue.restored"));
    const seen = { place: null, content: null, snapshot: null, sheet };
    this.seen.set(seen);
    this.drafts.keepSeen(seen);
    this.change(before ? { ...before, kind: open?.kind ?? kind, open: true } : newDraft(kind));
    this.pressed.update((count) => count + 1);
  }

  /** What somebody typed; kept with every letter. */
  change(draft: IssueDraft): void {
    this.draft.set(draft);
    this.refused.set(null);
    this.drafts.keep(draft);
  }

  /** Puts the composer away; what was written stays for the next time. */
  close(): void {
    const draft = this.draft.get();
    this.draft.set(null);
    this.seen.set(null);
    if (draft && isWorthKeeping(draft)) this.drafts.keep({ ...draft, open: false });
    else if (draft) this.drafts.drop();
  }

  /** As Esc in the composer: it closes, and the model has the keyboard again. */
  leave(): void {
    if (this.seen.get()?.sheet) this.close();
    else this.host.commands.run("tool.set", { tool: "select" });
  }

  discard(): void {
    this.draft.set(null);
    this.drafts.drop();
    this.leave();
  }

  /** Sends the draft; true when all of it arrived. */
  async send(): Promise<boolean> {
    const [draft, seen] = [this.draft.get(), this.seen.get()];
    if (!draft || this.sending.get()) return false;
    const needed = draft.kind === "issue" ? draft.title : draft.text || draft.title;
    if (needed.trim() === "") {
      this.refused.set(t(draft.kind === "issue" ? "issue.titleNeeded" : "issue.textNeeded"));
      return false;
    }
    this.sending.set(true);
    try {
      await this.deliver(draft, seen, () => this.change({ ...draft, made: true }));
    } catch (error) {
      const problem = toApiError(error);
      if (!isAway(problem)) {
        this.refused.set(t("issue.postFailed", { reason: problem.message }));
        return false;
      }
      // Nobody answers: it is kept and goes when somebody does. What is there by then is known by its ids.
      this.outbox.put(this.draft.get() ?? draft, seen);
      this.host.workspace.announce(t("issue.willBeSent"));
    } finally {
      this.sending.set(false);
    }
    this.draft.set(null);
    this.drafts.drop();
    this.leave();
    this.sent.update((count) => count + 1);
    await Promise.all([this.reload(), this.host.drawings.reload()]);
    return true;
  }

  /** Sends all of it and says so. @throws ApiError: something of it did not arrive */
  private async deliver(
    draft: IssueDraft,
    seen: IssueSeen | null,
    onmade: () => void,
  ): Promise<void> {
    const { api, revision, workspace } = this.host;
    const say = (error: unknown): void => this.say(error);
    const kind = workspace.connection.get().kind;
    if (kind === "reconnecting" || kind === "offline") throw unreachable();
    const number = await inTime(sendDraft({ api, revision, onmade, say }, draft, seen));
    workspace.announce(number === null ? t("issue.postedComment") : t("issue.posted", { number }));
  }

  /** A refused one goes back into the composer, to be mended there. */
  mend(id: string): void {
    const found = this.outbox.take(id);
    if (!found) return;
    this.drafts.keep({ ...found.draft, open: true });
    if (found.seen) this.drafts.keepSeen(found.seen);
    this.takeUp();
  }

  /** Another place for an issue. */
  private async move(issueId: string, number: number, place: PinPlace): Promise<void> {
    const { api, commands, revision, workspace } = this.host;
    commands.run("tool.set", { tool: "select" });
    try {
      await api.anchorIssue(issueId, anchorOf(newUuid(), revision.revisionId, place));
      workspace.announce(t("issue.reanchored", { number }));
      await this.reload();
    } catch (error) {
      this.say(error);
    }
  }

  say(error: unknown): void {
    const problem = toApiError(error);
    const text = [problem.message, problem.remedy].filter(Boolean).join(" ");
    this.host.toasts.show(text, { kind: "error" });
  }

  private async picture(): Promise<string | null> {
    try {
      const blob = await this.host.snapshot();
      return blob && (await addressOf(blob));
    } catch {
      // A lost graphics context: the view says as much without its picture.
      return null;
    }
  }

  /** What was being written when the page was left. */
  private takeUp(): void {
    const { workspace, commands } = this.host;
    const [draft, seen] = [this.drafts.read(), this.drafts.seen()];
    if (!draft?.open || !seen) return;
    this.seen.set(seen);
    this.draft.set(draft);
    if (seen.sheet) {
      const { drawingId, page } = seen.sheet;
      return void this.host.drawings.showSoon(drawingId, page);
    }
    const stop = workspace.structure.subscribe((structure) => {
      if (!structure || this.seen.get() !== seen) return;
      queueMicrotask(() => stop());
      commands.run("tool.set", { tool: "pin" });
      workspace.pinTask.set({ kind: draft.kind });
      workspace.pinPlace.set(seen.place);
    });
  }

  /** Something else was seen or said: another picture, a voice note. */
  see(change: Partial<Pick<IssueSeen, "snapshot" | "voice" | "content">>): void {
    const seen = this.seen.get();
    if (!seen) return;
    this.seen.set({ ...seen, ...change });
    this.drafts.keepSeen({ ...seen, ...change });
  }

  // Keeping up

  private columns: PinColumns | null = null;

  private showPins(): void {
    const structure = this.host.workspace.structure.get();
    if (this.columns && structure) this.host.workspace.pins.set(pinsOf(this.columns, structure));
  }

  private reloadSoon(): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.reload(), SETTLE_MS);
  }

  private async fetchWords(): Promise<void> {
    const { api, revision } = this.host;
    try {
      this.settings.set(await api.issueSettings(revision.projectId));
      this.members.set(await api.members(revision.projectId));
    } catch {
      // Guests see no members; the fields that need them stay away.
    }
  }
}

function nameOf({ number, title }: Issue): string {
  return `#${number} ${title}`;
}

const KEY = Symbol("issues");

export function provideIssues(desk: IssueDesk): void {
  setContext(KEY, desk);
}

export function useIssues(): IssueDesk {
  return getContext<IssueDesk>(KEY);
}
