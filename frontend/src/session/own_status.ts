/** What the others are told of me beside my camera: selection, tool, whom I follow, whether I look. */

import type { ClientMessage, Device, StatusFields, Writing } from "../protocol/messages";
import type { Workspace } from "../state/workspace";
import type { Environment } from "./environment";

const STATUS_MS = 100;
/** Ranges of a selection that others are shown. */
const SELECTION_RANGES = 1_000;

/** What it needs of the live session. */
export interface StatusHost {
  readonly workspace: Workspace;
  readonly environment: Environment;
  readonly device: Device;
  /** What people call the headset that this page is in; null: a desk, or unknown. */
  readonly deviceName?: string | null;
  readonly revisionId: string;
  /** The microphone, as the room is told of it; null: not in voice. */
  voice(): "muted" | "open" | null;
  isOpen(): boolean;
  send(message: ClientMessage): unknown;
}

/** Sends the fields of my status that changed, at most ten times a second. */
export class OwnStatus {
  private readonly host: StatusHost;
  /** Per field the JSON that was sent last. */
  private readonly sent = new Map<string, string>();
  private cancel: (() => void) | null = null;

  constructor(host: StatusHost) {
    this.host = host;
  }

  /** Follows the stores; returns the ways to stop. */
  watch(): (() => void)[] {
    const { selection, tool, following, xr, hand, pinPlace, pinTask, voice } = this.host.workspace;
    const stores = [selection, tool, following, xr, hand, pinPlace, pinTask, voice];
    return [
      ...stores.map((store) => store.subscribe(() => this.queue())),
      this.host.environment.watch(() => this.queue()),
    ];
  }

  /** A new hello: the room knows nothing of me yet. */
  hello(): void {
    this.sent.clear();
    this.flush();
  }

  /** The room set a field itself; it is not sent back, unless it is something else here by now. */
  told<Field extends keyof StatusFields>(field: Field, value: StatusFields[Field]): void {
    this.sent.set(field, JSON.stringify(value));
    this.queue();
  }

  /** Forgets what waits. */
  stop(): void {
    this.cancel?.();
    this.cancel = null;
  }

  private queue(): void {
    this.cancel ??= this.host.environment.later(() => this.flush(), STATUS_MS);
  }

  private flush(): void {
    this.stop();
    if (!this.host.isOpen()) return;
    const changed = Object.entries(this.fields()).filter(([field, value]) => {
      const json = JSON.stringify(value);
      if (this.sent.get(field) === json) return false;
      this.sent.set(field, json);
      return true;
    });
    if (changed.length > 0) this.host.send({ t: "status", value: Object.fromEntries(changed) });
  }

  /** Where the composer is open. */
  private writing(): Writing | null {
    const { workspace, revisionId } = this.host;
    const place = workspace.pinPlace.get();
    const task = workspace.pinTask.get();
    if (!place || !task || task.kind === "move") return null;
    const { occurrence, position } = place;
    return {
      revision_id: revisionId,
      kind: task.kind,
      occurrence: occurrence < 0 ? null : occurrence,
      point: position,
    };
  }

  private fields(): StatusFields {
    const { workspace, environment, device, revisionId } = this.host;
    const ranges = workspace.selection.get().toJSON().slice(0, SELECTION_RANGES);
    return {
      selection: ranges.length === 0 ? null : { revision_id: revisionId, ranges },
      following: workspace.following.get()?.slot ?? null,
      tool: workspace.tool.get(),
      device,
      away: environment.isHidden(),
      hand: workspace.hand.get(),
      in_xr: workspace.xr.get().kind === "active",
      ...(this.host.deviceName ? { xr_device: this.host.deviceName } : {}),
      writing: this.writing(),
      voice: this.host.voice(),
    };
  }
}
