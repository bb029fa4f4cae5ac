/** Pinning: the part that is pressed next is what an issue or a comment is about, or where an issue stands from now on. */

import type { PinTask } from "../state/areas/issues";
import { mayIssue } from "../state/commands/issues";
import { t } from "../state/messages";
import type { Hit } from "../scene/picking";
import type { Pointer, PointerHandler } from "../scene/pointer";
import type { Viewer } from "../scene/viewer";
import type { Hover } from "./select";

export class PinTool implements PointerHandler {
  private readonly viewer: Viewer;
  private readonly pointed: Hover;
  private readonly stop: () => void;

  constructor(viewer: Viewer, hover: Hover) {
    this.viewer = viewer;
    this.pointed = hover;
    this.stop = viewer.commands.register("issue.start", ({ kind, at }) => this.start(kind, at));
  }

  hover(pointer: Pointer): void {
    this.pointed.show(this.viewer.pickPointer(pointer));
  }

  leave(): void {
    this.pointed.clear();
  }

  click(pointer: Pointer): void {
    const hit = this.viewer.pickPointer(pointer);
    if (hit) this.put(hit);
    else this.viewer.workspace.announce(t("issue.noPart"));
  }

  dispose(): void {
    this.stop();
  }

  /** Takes what is pointed at, by the reticle or the mouse; with nothing there, waits for a press. */
  private start(
    kind: "issue" | "comment",
    asked?: { readonly x: number; readonly y: number },
  ): void {
    const { viewer } = this;
    const { workspace, commands } = viewer;
    // Guests may say something; an issue is a member's.
    const task: PinTask = { kind: mayIssue(workspace) === true ? kind : "comment" };
    const at = asked ?? workspace.pickMode.get()?.reticle ?? viewer.input.lastPlace;
    commands.run("tool.set", { tool: "pin" });
    workspace.pinPlace.set(null);
    workspace.pinTask.set(task);
    const hit = at ? viewer.pick(at.x, at.y) : null;
    // Else the hint over the picture says what is wanted.
    if (hit) this.put(hit);
  }

  private put({ occurrence, point, normal }: Hit): void {
    const { viewer } = this;
    const { structure, pinPlace, pinTask } = viewer.workspace;
    const model = viewer.model;
    const row = structure.get()?.rowOfOccurrence(occurrence) ?? -1;
    if (!model || row < 0 || pinTask.get() === null) return;
    pinPlace.set({
      part: structure.get()?.id(row) ?? "",
      occurrence,
      position: viewer.toAbsolute(model.occurrences.unexploded(occurrence, point)),
      normal,
      screen: viewer.projectToScreen(point) ?? { x: 0, y: 0 },
    });
  }
}
