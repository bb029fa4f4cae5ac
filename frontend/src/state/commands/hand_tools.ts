/** Tools in a headset's hand, and the issue that is written there. */

import { HAND_TOOLS, type HandTool, PHRASES, type Phrase } from "../areas/hand_tools";
import { t } from "../messages";
import {
  type Commanding,
  type NoArgs,
  BadArguments,
  define,
  nothing,
  number,
  oneOf,
  text,
} from "./define";
import { mayIssue, mayWrite } from "./issues";

export interface HandToolsArgs {
  /** Takes a tool in hand; the one that is there already is put back. */
  "xr.tool": { tool: HandTool };
  /** Opens a saved view, or the next or previous one, and stands where it looks from. */
  "xr.view": { id: string } | { step: number };
  /** Words for the issue in the composer. */
  "issue.phrase": { phrase: Phrase };
  /** A voice note beside it: a data: address of a recording. */
  "issue.voice": { address: string; seconds: number };
  /** Another picture of it: a data: address. */
  "issue.picture": { address: string };
  "issue.post": NoArgs;
  /** Posts it as it is, mine to finish. */
  "issue.later": NoArgs;
  "issue.discard": NoArgs;
}

function address(value: unknown, kind: string): string {
  const written = text(value, "address");
  if (!written.startsWith(`data:${kind}/`))
    throw new BadArguments(`address must be data:${kind}/….`);
  return written;
}

export const HAND_TOOLS_COMMANDS: Commanding<HandToolsArgs> = {
  "xr.tool": define(t("command.xr.tool"), "personal", (raw) => ({
    tool: oneOf(raw["tool"], HAND_TOOLS, "tool"),
  })),
  "xr.view": define(t("command.xr.view"), "personal", (raw) =>
    raw["id"] === undefined
      ? { step: Math.sign(number(raw["step"], "step")) }
      : { id: text(raw["id"], "id") },
  ),
  "issue.phrase": define(
    t("command.issue.phrase"),
    "object",
    (raw) => ({ phrase: oneOf(raw["phrase"], PHRASES, "phrase") }),
    mayWrite,
  ),
  "issue.voice": define(
    t("command.issue.voice"),
    "object",
    (raw) => ({
      address: address(raw["address"], "audio"),
      seconds: Math.max(0, number(raw["seconds"], "seconds")),
    }),
    mayWrite,
  ),
  "issue.picture": define(
    t("command.issue.picture"),
    "object",
    (raw) => ({ address: address(raw["address"], "image") }),
    mayWrite,
  ),
  "issue.post": define(t("command.issue.post"), "object", nothing, mayWrite),
  "issue.later": define(t("command.issue.later"), "object", nothing, mayIssue),
  "issue.discard": define(t("command.issue.discard"), "personal", nothing),
};
