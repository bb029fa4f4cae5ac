/** Voice: my microphone, its devices, and the others' for the host. */

import { t } from "../messages";
import {
  type Commanding,
  type NoArgs,
  bool,
  define,
  needsMeeting,
  nothing,
  oneOf,
  text,
} from "./define";

const SIDES = ["input", "output"] as const;

export interface VoiceArgs {
  /** Open or close my microphone; without `on` it is turned over. */
  "voice.microphone": { on?: boolean };
  /** Open while a key is held. */
  "voice.talk": { on: boolean };
  /** Come into voice, or leave it: nobody is heard any more. */
  "voice.join": { on: boolean };
  /** Look for a way to the others once more. */
  "voice.retry": NoArgs;
  /** Empty id: the system's choice. */
  "voice.device": { side: (typeof SIDES)[number]; id: string };
  /** Voices from where people stand, or from the middle. */
  "voice.spatial": { on: boolean };
}

export const VOICE_COMMANDS: Commanding<VoiceArgs> = {
  "voice.microphone": define(
    t("command.voice.microphone"),
    "personal",
    (raw) => (raw["on"] === undefined ? {} : { on: bool(raw["on"], "on") }),
    needsMeeting,
  ),
  "voice.talk": define(t("command.voice.talk"), "personal", (raw) => ({
    on: bool(raw["on"], "on"),
  })),
  "voice.join": define(
    t("command.voice.join"),
    "personal",
    (raw) => ({ on: bool(raw["on"], "on") }),
    needsMeeting,
  ),
  "voice.retry": define(t("command.voice.retry"), "personal", nothing, needsMeeting),
  "voice.device": define(t("command.voice.device"), "personal", (raw) => ({
    side: oneOf(raw["side"], SIDES, "side"),
    id: raw["id"] === "" ? "" : text(raw["id"], "id"),
  })),
  "voice.spatial": define(t("command.voice.spatial"), "personal", (raw) => ({
    on: bool(raw["on"], "on"),
  })),
};
