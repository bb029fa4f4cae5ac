/** Why somebody is no longer in a session, in words. */

import { t } from "./messages";

/** reason: of the goodbye, of the closed socket or of a refused ticket; unknown ones say that it is over. */
export function endedText(reason: string): string {
  if (reason === "ended" || reason === "removed" || reason === "locked") return t(`live.${reason}`);
  // What the ticket's refusal says.
  if (reason === "session_locked") return t("live.locked");
  if (reason === "removed_from_session") return t("live.removed");
  if (reason === "signed_out") return t("live.signedOut");
  if (reason === "session_lobby" || reason === "lobby") return t("door.mustWait");
  if (reason === "declined_from_session" || reason === "declined") return t("door.declined");
  return t("live.over");
}
