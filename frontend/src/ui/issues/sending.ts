/**
 * Sends what was written about a place of the model in steps, each of which the server takes twice without harm: what
 * breaks in between is simply sent again.
 */

import type { Api } from "../../api/api";
import type { Issue, NewAnchor } from "../../api/issues";
import type { PinPlace } from "../../state/areas/issues";
import { blobOf } from "../../browser/data_address";
import { t } from "../../state/messages";
import type { RevisionRef } from "../../state/workspace";
import { toApiError } from "../resource.svelte";
import type { NewSheetPlace } from "../../api/drawings";
import { type IssueDraft, type IssueSeen, type SheetSeen, type VoiceNote } from "./drafts";
import { endOfDay } from "./edit";
import { marked } from "./mentions";
import { clock } from "../../browser/voice_note";

export interface SendingHost {
  readonly api: Pick<
    Api,
    | "createIssue"
    | "changeIssue"
    | "addIssueView"
    | "anchorIssue"
    | "commentOnIssue"
    | "commentOnRevision"
    | "changeComment"
    | "anchorComment"
    | "attachToComment"
    | "putIssueOnSheet"
    | "putCommentOnSheet"
  >;
  readonly revision: Pick<RevisionRef, "projectId" | "revisionId">;
  /** The server has the words: from here on they are changed, not made. */
  onmade(): void;
  /** Told what could not be, where the rest went on. */
  say(error: unknown): void;
}

/** Sends a draft; the number of the issue, or null for a comment. @throws ApiError: what is missing is sent again */
export async function sendDraft(
  host: SendingHost,
  draft: IssueDraft,
  seen: IssueSeen | null,
): Promise<number | null> {
  return draft.kind === "issue" ? sendIssue(host, draft, seen) : sendComment(host, draft, seen);
}

/** A place that was pressed as an anchor. */
export function anchorOf(id: string, revisionId: string, place: PinPlace): NewAnchor {
  return {
    id,
    revision_id: revisionId,
    occurrence: place.part,
    world: [...place.position],
    world_normal: [...place.normal],
  };
}

function onSheet(id: string, { drawingId, page, x, y, marks }: SheetSeen): NewSheetPlace {
  return { id, drawing_id: drawingId, page, x, y, marks: [...marks] };
}

async function sendIssue(
  host: SendingHost,
  draft: IssueDraft,
  seen: IssueSeen | null,
): Promise<number> {
  const { api, revision, onmade } = host;
  const home = { revision_id: revision.revisionId };
  const made = await makeOnce(api, revision.projectId, draft, home);
  if (!draft.made) onmade();
  if (seen?.sheet)
    await orSay(host, api.putIssueOnSheet(draft.id, onSheet(draft.anchorId, seen.sheet)));
  if (seen?.place) {
    const snapshot = seen.snapshot === null ? null : blobOf(seen.snapshot);
    const view = { id: draft.viewId, content: seen.content, snapshot };
    const anchor = anchorOf(draft.anchorId, revision.revisionId, seen.place);
    await orSay(host, api.addIssueView(draft.id, view));
    await orSay(host, api.anchorIssue(draft.id, anchor));
  }
  if (seen?.voice) await orSay(host, sendVoice(host, draft.id, seen.voice));
  return made.number;
}

/** What was said into a microphone, as the first remark in the issue's thread. */
async function sendVoice(
  { api }: SendingHost,
  issueId: string,
  { commentId, fileId, address, seconds }: VoiceNote,
): Promise<void> {
  const blob = blobOf(address);
  const text = t("issue.voiceName", { time: clock(seconds) });
  try {
    await api.commentOnIssue(issueId, { id: commentId, text });
  } catch (error) {
    // An earlier try arrived although its answer did not.
    if (toApiError(error).code !== "id_taken") throw error;
  }
  const name = `${text}.${blob.type.split("/")[1] ?? "webm"}`;
  await api.attachToComment(commentId, blob, name, fileId);
}

/** Where an issue belongs; nowhere: to the whole project. */
export interface IssueHome {
  readonly revision_id?: string;
  readonly asset_id?: string;
}

/** Makes the issue, or brings the one that an earlier try made up to what is written now. @throws ApiError */
export async function makeOnce(
  api: Pick<Api, "createIssue" | "changeIssue">,
  projectId: string,
  draft: IssueDraft,
  home: IssueHome,
): Promise<Issue> {
  const fields = {
    title: draft.title.trim(),
    description: marked(draft.text, draft.chosen),
    assignee_id: draft.assigneeId,
    due_at: endOfDay(draft.due),
    ...(draft.priority === null ? {} : { priority: draft.priority }),
    ...(draft.type === null ? {} : { type: draft.type }),
    ...(Object.keys(draft.properties).length === 0 ? {} : { properties: draft.properties }),
  };
  if (draft.made) return api.changeIssue(draft.id, fields, null);
  try {
    return await api.createIssue(projectId, { id: draft.id, ...home, ...fields });
  } catch (error) {
    // An earlier try arrived although its answer did not, and other words were written since.
    if (toApiError(error).code !== "id_taken") throw error;
    return api.changeIssue(draft.id, fields, null);
  }
}

async function sendComment(
  host: SendingHost,
  draft: IssueDraft,
  seen: IssueSeen | null,
): Promise<null> {
  const { api, revision, onmade } = host;
  const said = marked(draft.text.trim(), draft.chosen);
  const text = [draft.title.trim(), said].filter(Boolean).join("\n\n");
  if (!draft.made) {
    await api.commentOnRevision(revision.revisionId, { id: draft.id, text });
    onmade();
  } else await api.changeComment(draft.id, text, null);
  if (seen?.sheet)
    await orSay(host, api.putCommentOnSheet(draft.id, onSheet(draft.anchorId, seen.sheet)));
  if (seen?.place) {
    const anchor = anchorOf(draft.anchorId, revision.revisionId, seen.place);
    await orSay(host, api.anchorComment(draft.id, anchor));
    if (seen.snapshot !== null) {
      const file = blobOf(seen.snapshot);
      await orSay(host, api.attachToComment(draft.id, file, "snapshot.webp", draft.viewId));
    }
  }
  return null;
}

/** The server's own reason why this cannot be is said, and the rest goes on; a lost connection is tried again. */
async function orSay({ say }: SendingHost, sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    const { status } = toApiError(error);
    if (status < 400 || status >= 500) throw error;
    say(error);
  }
}
