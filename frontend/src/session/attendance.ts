/** The door, those who watch, and the agenda, between the room and the workspace. */

import type { Json, ServerMessage } from "../protocol/messages";
import { type Agenda, type AgendaItem, NO_AGENDA, itemBeside } from "../state/areas/attending";
import type { Commands } from "../state/commands";
import { t } from "../state/messages";
import type { Workspace } from "../state/workspace";

const DOOR = "session/door/";
const AGENDA = "session/agenda";
const AGENDA_AT = "session/agenda-at";

/** What of the room this needs. */
export interface AttendanceRoom {
  value(key: string): Json;
  /** Queues an operation. */
  set(key: string, value: Json): void;
}

/** Attendance of one meeting. */
export class Attendance {
  private readonly workspace: Workspace;
  private readonly commands: Commands;
  private readonly room: AttendanceRoom;
  private readonly stops: (() => void)[] = [];

  constructor(workspace: Workspace, commands: Commands, room: AttendanceRoom) {
    this.workspace = workspace;
    this.commands = commands;
    this.room = room;
    this.perform();
    this.read();
  }

  /** Keys may have changed. */
  changed(keys: readonly string[]): void {
    if (!keys.includes(AGENDA) && !keys.includes(AGENDA_AT)) return;
    const before = this.workspace.agenda.get().at;
    this.read();
    const { at, items } = this.workspace.agenda.get();
    const item = items.find(({ id }) => id === at);
    if (item && at !== before)
      this.workspace.announce(t("agenda.now", { title: item.title }), { others: true });
  }

  /** Who waits changed: said once when there are more. */
  knocks(message: Extract<ServerMessage, { t: "knocks" }>): void {
    const { knocks } = this.workspace;
    const known = new Set(knocks.get().map(({ principal_id }) => principal_id));
    const [first, ...others] = message.waiting.filter((each) => !known.has(each.principal_id));
    knocks.set(message.waiting);
    if (first)
      this.workspace.announce(t("door.knocked", { name: first.name, others: others.length }), {
        assertive: true,
      });
  }

  stop(): void {
    for (const stop of this.stops) stop();
    this.workspace.knocks.set([]);
    this.workspace.agenda.set(NO_AGENDA);
  }

  private perform(): void {
    const { commands, room, workspace } = this;
    const admit = (id: string, name: string, admitted: boolean): void =>
      room.set(DOOR + id, { name, admitted });
    this.stops.push(
      commands.register("session.admit", ({ principal_id, name, admitted }) =>
        admit(principal_id, name, admitted),
      ),
      commands.register("session.admitAll", () => {
        for (const { principal_id, name } of workspace.knocks.get())
          admit(principal_id, name, true);
      }),
      commands.register("agenda.write", ({ items }) => {
        room.set(AGENDA, items.length === 0 ? null : { items: items.map(plain) });
        const { at } = workspace.agenda.get();
        if (at !== null && !items.some(({ id }) => id === at)) room.set(AGENDA_AT, null);
      }),
      commands.register("agenda.show", ({ id }) => this.show(id)),
      commands.register("agenda.next", () => this.step(1)),
      commands.register("agenda.previous", () => this.step(-1)),
    );
  }

  private step(by: 1 | -1): void {
    const item = itemBeside(this.workspace.agenda.get(), by);
    if (item) this.show(item.id);
    else if (by > 0 && this.workspace.agenda.get().at !== null) this.show(null);
  }

  /** Everybody is told where the agenda stands; its view is shown here, and to who follows. */
  private show(id: string | null): void {
    this.room.set(AGENDA_AT, id === null ? null : { id });
    const item = this.workspace.agenda.get().items.find((each) => each.id === id);
    if (item?.view_id) this.commands.run("view.open", { id: item.view_id });
  }

  private read(): void {
    const items = record(this.room.value(AGENDA))?.["items"];
    const at = record(this.room.value(AGENDA_AT));
    const id = at?.["id"];
    const started = at?.["started_at"];
    this.workspace.agenda.set({
      items: Array.isArray(items) ? (items as unknown as Agenda["items"]) : [], // the room checked them
      at: typeof id === "string" ? id : null,
      since: typeof started === "string" ? Date.parse(started) : null,
      spent: (record(at?.["spent_s"] ?? null) ?? {}) as Agenda["spent"],
    });
  }
}

/** An item as it is sent: nothing but its own fields. */
function plain(item: AgendaItem): Json {
  const { id, title, view_id, revision_id, minutes, issue, review_id } = item;
  return {
    id,
    title,
    view_id: view_id ?? null,
    revision_id: revision_id ?? null,
    minutes: minutes ?? null,
    issue: issue ?? null,
    review_id: review_id ?? null,
  };
}

function record(value: Json): Readonly<Record<string, Json>> | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  return value as Readonly<Record<string, Json>>; // Array.isArray does not narrow readonly arrays
}
