/** Letting people in, the agenda of a session, and its steps. */

import { type AgendaItem, MOST_ITEMS } from "../areas/attending";
import { iLead } from "../areas/conducting";
import { t } from "../messages";
import type { Workspace } from "../workspace";
import {
  BadArguments,
  type Commanding,
  type NoArgs,
  bool,
  define,
  needsMeeting,
  nothing,
  text,
} from "./define";

export interface AttendingArgs {
  /** Lets somebody in who waits, or was declined; or says no. */
  "session.admit": { principal_id: string; name: string; admitted: boolean };
  /** Lets in everybody who waits. */
  "session.admitAll": NoArgs;
  /** Replaces the agenda. */
  "agenda.write": { items: readonly AgendaItem[] };
  /** Shows an item to everybody; null: the agenda is over. */
  "agenda.show": { id: string | null };
  "agenda.next": NoArgs;
  "agenda.previous": NoArgs;
}

function asLeader(workspace: Workspace): true | string {
  const meeting = needsMeeting(workspace);
  if (meeting !== true) return meeting;
  return iLead(workspace.people.get()) ? true : t("refused.leader");
}

export const ATTENDING_COMMANDS: Commanding<AttendingArgs> = {
  "session.admit": define(
    t("command.session.admit"),
    "personal",
    (raw) => ({
      principal_id: text(raw["principal_id"], "principal_id"),
      name: text(raw["name"], "name"),
      admitted: bool(raw["admitted"], "admitted"),
    }),
    asLeader,
  ),
  "session.admitAll": define(t("command.session.admitAll"), "personal", nothing, asLeader),
  "agenda.write": define(
    t("command.agenda.write"),
    "personal",
    (raw) => {
      const { items } = raw;
      if (!Array.isArray(items) || items.length > MOST_ITEMS)
        throw new BadArguments("items: a list");
      return { items: items as readonly AgendaItem[] }; // the room checks each
    },
    asLeader,
  ),
  "agenda.show": define(
    t("command.agenda.show"),
    "personal",
    (raw) => ({ id: raw["id"] === null ? null : text(raw["id"], "id") }),
    asLeader,
  ),
  "agenda.next": define(t("command.agenda.next"), "personal", nothing, asLeader),
  "agenda.previous": define(t("command.agenda.previous"), "personal", nothing, asLeader),
};
