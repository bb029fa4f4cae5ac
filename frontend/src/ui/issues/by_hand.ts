/** The composer without a keyboard: phrases, a voice note and another picture, by commands of a headset's card. */

import { t } from "../../state/messages";
import type { Commands } from "../../state/commands";
import { derived, type Readable } from "../../state/store";
import type { Workspace } from "../../state/workspace";
import { type IssueDraft, type IssueSeen, newUuid } from "./drafts";

/** What of the desk is written to. */
export interface Composer {
  readonly draft: Readable<IssueDraft | null>;
  readonly seen: Readable<IssueSeen | null>;
  readonly sending: Readable<boolean>;
  readonly refused: Readable<string | null>;
  change(draft: IssueDraft): void;
  see(change: Partial<Pick<IssueSeen, "snapshot" | "voice" | "content">>): void;
  send(): Promise<boolean>;
  discard(): void;
}

/** Registers the commands and keeps `workspace.composing`. Returns the way to stop. */
export function composeByHand(
  composer: Composer,
  {
    workspace,
    commands,
    meId,
    views,
  }: {
    readonly workspace: Workspace;
    readonly commands: Commands;
    readonly meId: string | null;
    readonly views: { seen(): unknown };
  },
): () => void {
  const partName = (): string => {
    const structure = workspace.structure.get();
    const row = structure?.rowOfOccurrence(composer.seen.get()?.place?.occurrence ?? -1) ?? -1;
    return structure && row >= 0 ? structure.name(row) : "";
  };
  /** Who only speaks gives the issue a title all the same. */
  const titled = (draft: IssueDraft): IssueDraft =>
    draft.title.trim() === "" && composer.seen.get()?.voice
      ? { ...draft, title: t("vr.card.issueOf", { name: partName() }) }
      : draft;
  const { draft, seen, sending, refused } = composer;
  const composing = derived([draft, seen, sending, refused], () => {
    const now = draft.get();
    return (
      now && {
        kind: now.kind,
        title: now.title,
        voice_s: seen.get()?.voice?.seconds ?? null,
        sending: sending.get(),
        refused: refused.get(),
      }
    );
  });
  const stops = [
    composing.subscribe((now) => workspace.composing.set(now)),
    commands.register("issue.phrase", ({ phrase }) => {
      const now = draft.get();
      if (!now) return;
      const words = t(`vr.phrase.${phrase}`);
      composer.change({ ...now, title: `${words}: ${partName()}` });
    }),
    commands.register("issue.voice", ({ address, seconds }) => {
      const now = draft.get();
      if (!now) return;
      composer.see({ voice: { commentId: newUuid(), fileId: newUuid(), address, seconds } });
      composer.change(titled(now));
    }),
    commands.register("issue.picture", ({ address }) =>
      composer.see({ snapshot: address, content: views.seen() }),
    ),
    // A stroke of the 3D pen belongs to what the issue shows.
    workspace.modelMarks.subscribe(() => {
      if (draft.get() && seen.get() && workspace.eye.get()) composer.see({ content: views.seen() });
    }),
    commands.register("issue.post", () => {
      const now = draft.get();
      if (!now) return;
      composer.change(titled(now));
      void composer.send();
    }),
    commands.register("issue.later", () => {
      const now = draft.get();
      if (!now) return;
      const named = now.title.trim() || t("vr.card.issueOf", { name: partName() });
      composer.change({ ...now, title: t("vr.toDo", { name: named }), assigneeId: meId });
      void composer.send();
    }),
    commands.register("issue.discard", () => composer.discard()),
  ];
  return () => {
    for (const stop of stops) stop();
    workspace.composing.set(null);
  };
}
