/** Where a line of minutes leads, and when it was, as people here read it. */

import type { Minutes, MinutesLine } from "../api/recordings";
import type { Mark } from "../state/areas/replaying";
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

/** Issues and verdicts that came while it was recorded, as marks of the replay's scrubber. */
export function marksOfMinutes(
  said: Pick<Minutes, "issues" | "verdicts">,
  recordingId: string,
): readonly Mark[] {
  const marks: Mark[] = [];
  const add = (line: MinutesLine, kind: "issue" | "verdict", text: string): void => {
    if (line.recording_id !== recordingId || line.second === null) return;
    marks.push({ ms: line.second * 1000, kind, text, principalId: null });
  };
  for (const one of said.issues) {
    const text = `#${one.number} ${one.title}`;
    for (const happened of one.happened) add(happened, "issue", text);
  }
  for (const one of said.verdicts) add(one, "verdict", `${one.by}: ${one.revision}`);
  return marks;
}
