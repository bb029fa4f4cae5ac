/** How the model is drawn: each change is one step that can be undone; the photoreal still is the scene's. */

import { type Display, type PointLook, inMode } from "../areas/displaying";
import type { Commands, Inverse } from "../commands";
import type { Workspace } from "../workspace";

export function performDisplay(workspace: Workspace, commands: Commands): void {
  const { display, points } = workspace;
  const change = (to: Partial<Display>): Inverse | undefined => {
    const before = display.get();
    const changed = Object.entries(to).filter(
      ([key, value]) => before[key as keyof Display] !== value,
    ); // keys of Partial<Display>
    if (changed.length === 0) return undefined;
    const back: Partial<Display> = Object.fromEntries(
      changed.map(([key]) => [key, before[key as keyof Display]]), // as above
    );
    const apply = (these: Partial<Display>): void =>
      display.update((now) => ({ ...now, ...these }));
    apply(to);
    return { undo: () => apply(back), redo: () => apply(to) };
  };
  commands.register("display.mode", ({ mode }) => {
    const { shading, edges } = inMode(display.get(), mode);
    return change({ shading, edges });
  });
  commands.register("display.edges", ({ on }) => change({ edges: on ?? !display.get().edges }));
  commands.register("display.ownEdges", ({ on }) =>
    change({ ownEdges: on ?? !display.get().ownEdges }),
  );
  commands.register("display.shadow", ({ on }) => change({ shadow: on ?? !display.get().shadow }));
  commands.register("display.grid", ({ on }) => change({ grid: on ?? !display.get().grid }));
  commands.register("display.occlusion", ({ occlusion }) => {
    // Asked for again: it may try once more.
    workspace.looks.update((now) => ({ ...now, occlusionYielded: false }));
    return change({ occlusion });
  });
  commands.register("display.background", ({ background }) => change({ background }));
  commands.register("display.pmi", ({ on }) => change({ pmi: on ?? !display.get().pmi }));

  let beforeDrag: PointLook | null = null;
  commands.register("display.points", ({ preview, ...look }) => {
    const before = beforeDrag ?? points.get();
    const after: PointLook = { ...points.get(), ...look };
    points.set(after);
    beforeDrag = preview ? before : null;
    if (preview || JSON.stringify(before) === JSON.stringify(after)) return undefined;
    return { undo: () => points.set(before), redo: () => points.set(after) };
  });
}
