/** People, sessions and recordings. */

import { JUMPS, type Jump } from "../areas/replaying";
import { t } from "../messages";
import {
  type Commanding,
  type NoArgs,
  bool,
  define,
  mayChangeRoom,
  mayComment,
  needsMeeting,
  needsSession,
  nothing,
  number,
  text,
} from "./define";

export interface SessionArgs {
  "session.follow": { slot: number | null };
  "session.goTo": { slot: number };
  /** Another device of mine leaves VR, or leaves the sound to this one. */
  "xr.elsewhere": { slot: number; act: "leave_xr" | "leave_voice" };
  "session.chat": { text: string };
  /** My view: cuts, hidden parts and the like are mine alone while it is on; without `on` it is turned over. */
  "session.myView": { on?: boolean };
  /** What I show becomes what everybody sees; my view ends. */
  "session.shareMyView": NoArgs;
  /** Changes of mine that somebody else's replaced are shown to everybody again. */
  "session.restoreMine": NoArgs;
  /** Theirs stays. */
  "session.letGo": NoArgs;
  /** Start or stop recording. */
  "session.record": { on: boolean };
  /** I go on in a session that is recorded. */
  "session.goOn": NoArgs;
  /** I stay, and am not recorded from now on. */
  "session.stayUnrecorded": NoArgs;
  /** My voice is kept in the recording, or is not, with what was kept of it. */
  "session.keepVoice": { on: boolean };
  /** How somebody's voice is heard; volume from 0 to 1. */
  "replay.voice": { principalId: string; muted?: boolean; volume?: number };
  /** Deletes my own voice. */
  "replay.forgetVoice": NoArgs;
  /** Of a recording that is played. */
  "replay.play": { on: boolean };
  /** Milliseconds since its beginning. */
  "replay.seek": { ms: number };
  "replay.speed": { speed: number };
  /** The next speed; after the fastest the slowest that is not slower than life. */
  "replay.faster": NoArgs;
  /** Pass over pauses in which nothing happens. */
  "replay.skipQuiet": { on: boolean };
  /** To the next issue, decision or line of chat, or to the one before. */
  "replay.jump": { to: Jump; by: 1 | -1 };
  /** Enter: takes up a paused follow again. */
  resume: NoArgs;
}

export const SESSION_COMMANDS: Commanding<SessionArgs> = {
  "session.follow": define(
    t("command.session.follow"),
    "personal",
    (raw) => ({ slot: raw["slot"] === null ? null : number(raw["slot"], "slot") }),
    needsSession,
  ),
  "session.goTo": define(
    t("command.session.goTo"),
    "personal",
    (raw) => ({ slot: number(raw["slot"], "slot") }),
    needsSession,
  ),
  "xr.elsewhere": define(
    t("command.xr.elsewhere"),
    "personal",
    (raw) => ({
      slot: number(raw["slot"], "slot"),
      act: raw["act"] === "leave_voice" ? "leave_voice" : "leave_xr",
    }),
    needsSession,
  ),
  "session.chat": define(
    t("command.session.chat"),
    "object",
    (raw) => ({ text: text(raw["text"], "text") }),
    mayComment,
  ),
  "session.myView": define(
    t("command.session.myView"),
    "personal",
    (raw) => (raw["on"] === undefined ? {} : { on: bool(raw["on"], "on") }),
    needsMeeting,
  ),
  "session.shareMyView": define(t("command.session.shareMyView"), "scene", nothing, mayChangeRoom),
  "session.restoreMine": define(
    t("command.session.restoreMine"),
    "personal",
    nothing,
    mayChangeRoom,
  ),
  "session.letGo": define(t("command.session.letGo"), "personal", nothing),
  "session.record": define(
    t("command.session.record"),
    "personal",
    (raw) => ({ on: raw["on"] === true }),
    needsSession,
  ),
  "session.goOn": define(t("command.session.goOn"), "personal", nothing, needsSession),
  "session.stayUnrecorded": define(
    t("command.session.stayUnrecorded"),
    "personal",
    nothing,
    needsSession,
  ),
  "session.keepVoice": define(
    t("command.session.keepVoice"),
    "personal",
    (raw) => ({ on: raw["on"] === true }),
    needsSession,
  ),
  "replay.voice": define(t("replay.voices"), "personal", (raw) => ({
    principalId: text(raw["principalId"], "principalId"),
    ...(raw["muted"] === undefined ? {} : { muted: bool(raw["muted"], "muted") }),
    ...(raw["volume"] === undefined ? {} : { volume: number(raw["volume"], "volume") }),
  })),
  "replay.forgetVoice": define(t("replay.forgetVoice"), "personal", nothing),
  "replay.play": define(t("replay.play"), "personal", (raw) => ({ on: raw["on"] === true })),
  "replay.seek": define(t("replay.scrubber"), "personal", (raw) => ({
    ms: number(raw["ms"], "ms"),
  })),
  "replay.speed": define(t("replay.speed"), "personal", (raw) => ({
    speed: number(raw["speed"], "speed"),
  })),
  "replay.faster": define(t("shortcut.replay.faster"), "personal", nothing),
  "replay.skipQuiet": define(t("replay.skipQuiet"), "personal", (raw) => ({
    on: raw["on"] === true,
  })),
  "replay.jump": define(t("replay.jump"), "personal", (raw) => ({
    to: JUMPS.find((known) => known === raw["to"]) ?? "issue",
    by: raw["by"] === -1 ? -1 : 1,
  })),
  resume: define(t("command.resume"), "personal", nothing),
};
