/** Leading a session, and what its participants do for a moment (UX.md §3.3, §3.5). */

import { LOBBIES } from "../areas/attending";
import {
  PRESENT_RULES,
  REACTIONS,
  SCENE_RULES,
  VOICE_RULES,
  iLead,
  myPart,
  type Reaction,
  type SessionRules,
} from "../areas/conducting";
import { t } from "../messages";
import type { Workspace } from "../workspace";
import {
  BadArguments,
  needsSession,
  type Commanding,
  type Fields,
  type NoArgs,
  bool,
  define,
  nothing,
  number,
  oneOf,
  text,
} from "./define";

export interface ConductArgs {
  /** My slot: I begin; another's: they may, if they asked, or are offered it; null: whoever presents ends it. */
  "session.present": { slot: number | null };
  /** I would like to present. */
  "session.ask": NoArgs;
  /** Everybody, or one, is invited to see what I see. */
  "session.bring": { slot?: number };
  /** Answers one of `calls`. */
  "session.answer": { id: number; yes: boolean };
  "session.raiseHand": { up?: boolean };
  /** Takes a hand down, or all of them. */
  "session.lowerHands": { slot: number | null };
  "session.react": { reaction: Reaction };
  /** Look where my pointer is. */
  "session.laser": { on: boolean };
  "session.ping": NoArgs;
  /** Closes a microphone, or with null everybody's but mine. */
  "session.mute": { slot: number | null };
  /** They may open their microphone again. */
  "session.allow": { slot: number };
  "session.transfer": { slot: number };
  "session.remove": { slot: number };
  "session.readmit": { principal_id: string };
  "session.listen": { slot: number; on: boolean };
  "session.lock": { on: boolean };
  "session.rules": Partial<SessionRules>;
}

/** A meeting, not the table of a revision. */
function inMeeting(workspace: Workspace): true | string {
  return workspace.session.get()?.kind === "session" ? true : t("refused.noSession");
}

function asParticipant(workspace: Workspace): true | string {
  const part = inMeeting(workspace);
  if (part !== true) return part;
  return myPart(workspace.people.get()) === "listener" ? t("refused.listener") : true;
}

function asLeader(workspace: Workspace): true | string {
  const part = inMeeting(workspace);
  if (part !== true) return part;
  return iLead(workspace.people.get()) ? true : t("refused.leader");
}

function asHost(workspace: Workspace): true | string {
  const part = inMeeting(workspace);
  if (part !== true) return part;
  return myPart(workspace.people.get()) === "host" ? true : t("refused.host");
}

const slot = (raw: Fields): { slot: number } => ({ slot: number(raw["slot"], "slot") });
const slotOrNull = (raw: Fields): { slot: number | null } =>
  raw["slot"] === null ? { slot: null } : slot(raw);

function rules(raw: Fields): Partial<SessionRules> {
  const { scene, present, guided, locked, lobby, spectators, voice } = raw;
  const read = {
    ...(scene === undefined ? {} : { scene: oneOf(scene, SCENE_RULES, "scene") }),
    ...(present === undefined ? {} : { present: oneOf(present, PRESENT_RULES, "present") }),
    ...(guided === undefined ? {} : { guided: bool(guided, "guided") }),
    ...(locked === undefined ? {} : { locked: bool(locked, "locked") }),
    ...(lobby === undefined ? {} : { lobby: oneOf(lobby, LOBBIES, "lobby") }),
    ...(spectators === undefined ? {} : { spectators: number(spectators, "spectators") }),
    ...(voice === undefined ? {} : { voice: oneOf(voice, VOICE_RULES, "voice") }),
  };
  if (Object.keys(read).length === 0) throw new BadArguments("Name a rule.");
  return read;
}

export const CONDUCT_COMMANDS: Commanding<ConductArgs> = {
  "session.present": define(t("command.session.present"), "personal", slotOrNull, asParticipant),
  "session.ask": define(t("command.session.ask"), "personal", nothing, asParticipant),
  "session.bring": define(
    t("command.session.bring"),
    "personal",
    (raw) => (raw["slot"] === undefined ? {} : slot(raw)),
    asLeader,
  ),
  "session.answer": define(
    t("command.session.answer"),
    "personal",
    (raw) => ({ id: number(raw["id"], "id"), yes: bool(raw["yes"], "yes") }),
    inMeeting,
  ),
  "session.laser": define(
    t("command.session.laser"),
    "personal",
    (raw) => ({ on: bool(raw["on"], "on") }),
    needsSession,
  ),
  "session.raiseHand": define(
    t("command.session.raiseHand"),
    "personal",
    (raw) => (raw["up"] === undefined ? {} : { up: bool(raw["up"], "up") }),
    inMeeting,
  ),
  "session.lowerHands": define(t("command.session.lowerHands"), "personal", slotOrNull, asHost),
  "session.react": define(
    t("command.session.react"),
    "personal",
    (raw) => ({ reaction: oneOf(raw["reaction"], REACTIONS, "reaction") }),
    inMeeting,
  ),
  "session.ping": define(t("command.session.ping"), "personal", nothing, asLeader),
  "session.mute": define(t("command.session.mute"), "personal", slotOrNull, asHost),
  "session.allow": define(t("command.session.allow"), "personal", slot, asHost),
  "session.transfer": define(t("command.session.transfer"), "personal", slot, asHost),
  "session.remove": define(t("command.session.remove"), "personal", slot, asHost),
  "session.readmit": define(
    t("command.session.readmit"),
    "personal",
    (raw) => ({ principal_id: text(raw["principal_id"], "principal_id") }),
    asHost,
  ),
  "session.listen": define(
    t("command.session.listen"),
    "personal",
    (raw) => ({ ...slot(raw), on: bool(raw["on"], "on") }),
    asHost,
  ),
  "session.lock": define(
    t("command.session.lock"),
    "personal",
    (raw) => ({ on: bool(raw["on"], "on") }),
    asHost,
  ),
  "session.rules": define(t("command.session.rules"), "personal", rules, asHost),
};
