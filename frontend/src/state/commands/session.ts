/** People and headset. */

import { t } from "../messages";
import {
  type Commanding,
  type NoArgs,
  define,
  mayComment,
  needsSession,
  nothing,
  number,
  text,
} from "./define";

export interface SessionArgs {
  "session.follow": { slot: number | null };
  "session.goTo": { slot: number };
  "session.chat": { text: string };
  "xr.enter": NoArgs;
  "xr.leave": NoArgs;
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
  "session.chat": define(
    t("command.session.chat"),
    "object",
    (raw) => ({ text: text(raw["text"], "text") }),
    mayComment,
  ),
  "xr.enter": define(t("command.xr.enter"), "personal", nothing),
  "xr.leave": define(t("command.xr.leave"), "personal", nothing),
  resume: define(t("command.resume"), "personal", nothing),
};
