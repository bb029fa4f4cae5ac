/** Restoring views: one undoable step each, with a way back that stays on the screen (UX.md §2.10). */

import type { Viewpoint } from "../../protocol/viewpoint";
import { type ActiveView, WHOLE_VIEW } from "../areas/viewing";
import type { Commands } from "../commands";
import { mayShareScene } from "../commands/define";
import { t } from "../messages";
import { RangeSet } from "../ranges";
import { capture, originOf, show, toCamera, toPose } from "../viewpoint";
import type { Workspace } from "../workspace";

export function performViews(workspace: Workspace, commands: Commands): void {
  const { activeView } = workspace;

  const put = (viewpoint: Viewpoint, choice = WHOLE_VIEW, animate = true): void => {
    const { camera } = show(workspace, viewpoint, choice);
    if (camera)
      commands.run("view.camera", { camera: toCamera(camera, originOf(workspace)), animate });
  };

  commands.register("view.apply", ({ viewpoint, view, newer, choice = WHOLE_VIEW, animate }) => {
    if (!workspace.structure.get()) return undefined;
    const allowed = mayShareScene(workspace);
    // What all see is not mine to change here; the camera is.
    const granted =
      allowed === true ? choice : { camera: choice.camera, sections: false, visibility: false };
    if (allowed !== true) workspace.announce(t("view.cameraOnly"));
    const before = capture(workspace);
    const earlier = activeView.get();
    // Back leads out of the agenda, not to the view before it in the agenda.
    const active: ActiveView | null = view && {
      ...view,
      before: earlier?.before ?? before,
      newer: newer ?? RangeSet.empty,
    };
    const act = (): void => {
      put(viewpoint, granted, animate);
      activeView.set(active);
    };
    act();
    return {
      undo: () => {
        put(before);
        activeView.set(earlier);
      },
      redo: act,
    };
  });

  commands.register("view.back", () => {
    const active = activeView.get();
    if (!active) return undefined;
    const now = capture(workspace);
    const act = (): void => {
      put(active.before);
      activeView.set(null);
    };
    act();
    return {
      undo: () => {
        put(now);
        activeView.set(active);
      },
      redo: act,
    };
  });

  commands.register("view.forget", () => activeView.set(null));
  commands.register("view.forgetNewer", () =>
    activeView.update((active) => active && { ...active, newer: RangeSet.empty }),
  );
  // The scene registers itself over this one, to move there instead of jumping.
  commands.register("view.camera", ({ camera }) =>
    workspace.camera.set(toPose(camera, originOf(workspace))),
  );

  const step = (by: 1 | -1) => (): void => {
    const views = workspace.savedViews.get() ?? [];
    if (views.length === 0) {
      workspace.announce(t("views.none"));
      return;
    }
    const id = activeView.get()?.id ?? null;
    const at = views.findIndex((view) => view.id === id);
    const next = at < 0 ? (by > 0 ? 0 : views.length - 1) : at + by;
    const view = views[next];
    if (view) commands.run("view.open", { id: view.id });
    else workspace.announce(t(by > 0 ? "views.last" : "views.first"));
  };
  commands.register("view.next", step(1));
  commands.register("view.previous", step(-1));
}
