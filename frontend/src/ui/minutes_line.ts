/** Where a line of minutes leads, and when it was, as people here read it. */

import type { MinutesLine } from "../api/recordings";
import { formatTime } from "./format";
import { paths } from "./router";
import { t } from "../state/messages";

/** The replay at its second; where nothing was recorded, the chat of the minutes at that time. */
export function lineHref(sessionId: string, line: MinutesLine): string {
  if (line.recording_id !== null)
    return paths.replay(sessionId, line.recording_id, line.second ?? 0);
  return `#chat-${line.at}`;
}

export function lineTitle(line: MinutesLine): string {
  const time = formatTime(line.at);
  return line.recording_id === null
    ? t("minutes.toChat", { time })
    : t("minutes.toReplay", { time });
}
