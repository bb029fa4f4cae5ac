/** The picture follows the stores: what each change of the workspace means for what is drawn. */

import { isNoteShown } from "../state/areas/noting";
import { type Readable, derived } from "../state/store";
import type { CameraPose, Display, Workspace } from "../state/workspace";
import type { OpenedModel } from "./opened_model";
import { comparisonNow, heatLook, lookOfNew } from "./compared_look";
import type { SceneColours } from "./theme";
import { sceneColours, watchContrast } from "./theme";

/** What the stores move. */
export interface Watched {
  readonly workspace: Workspace;
  readonly model: OpenedModel | null;
  invalidate(): void;
  /** The next picture is to choose levels. */
  noteLevels(): void;
  setColours(colours: SceneColours): void;
  setDisplay(display: Display): void;
  showAnnotations(shown: boolean): void;
  setProjection(projection: "perspective" | "orthographic"): void;
  /** Somebody else set the camera. */
  followCamera(pose: CameraPose): void;
}

/** Draws what the stores say, and says so when they change. Returns the way to stop. */
export function watchStores(watched: Watched): () => void {
  const { workspace } = watched;
  const stops: (() => void)[] = [];
  const draw = <T>(store: Readable<T>, apply: (value: T) => void): void => {
    stops.push(
      store.subscribe((value) => {
        apply(value);
        watched.invalidate();
      }),
    );
  };
  draw(workspace.hidden, (hidden) => {
    watched.model?.batch.setHidden(hidden);
    watched.model?.touchSurfaces();
    watched.noteLevels();
  });
  draw(workspace.ghosted, (ghosted) => {
    watched.model?.batch.setGhosted(ghosted);
    watched.model?.touchSurfaces();
  });
  draw(workspace.colouring, (colouring) => {
    watched.model?.setColouring(colouring);
    watched.model?.touchSurfaces();
  });
  const compared = derived(
    [
      workspace.comparing,
      workspace.comparison,
      workspace.blinking,
      workspace.crossFade,
      workspace.theme,
    ],
    () => comparisonNow(workspace),
  );
  draw(compared, (now) => watched.model?.setCompared(lookOfNew(now)));
  const heated = derived([workspace.comparing, workspace.heats, workspace.theme], () =>
    heatLook(workspace),
  );
  draw(heated, (look) => watched.model?.setHeat(look));
  draw(workspace.selection, (selection) => watched.model?.setSelection(selection));
  draw(workspace.hover, (hover) => watched.model?.setHover(hover));
  const cut = derived([workspace.sections, workspace.sectionBox, workspace.uncut], () => ({}));
  draw(cut, () => watched.model?.setSections(workspace));
  draw(workspace.people, () => watched.model?.showOthers(workspace));
  draw(workspace.explode, (amount) => {
    watched.model?.batch.setExplode(amount);
    watched.model?.touchSurfaces();
    watched.noteLevels();
  });
  const explosion = derived([workspace.explosion, workspace.structure], () => ({
    how: workspace.explosion.get(),
    structure: workspace.structure.get(),
  }));
  draw(explosion, ({ how, structure }) => {
    watched.model?.setExplosion(how, structure);
    watched.model?.touchSurfaces();
    watched.noteLevels();
  });
  const notes = derived([workspace.noteFilter, workspace.chosenNote], () => ({
    filter: workspace.noteFilter.get(),
    chosen: workspace.chosenNote.get(),
  }));
  draw(notes, ({ filter, chosen }) =>
    watched.model?.setShownNotes({ isShown: (note) => isNoteShown(note, filter), chosen }),
  );
  draw(workspace.display, (display) => {
    watched.model?.setDisplay(display);
    watched.setDisplay(display);
    watched.showAnnotations(display.pmi);
    watched.setProjection(display.projection);
  });
  draw(workspace.points, (look) => watched.model?.setPointLook(look));
  const show = (): void => {
    const colours = sceneColours(workspace.theme.get());
    watched.setColours(colours);
    watched.model?.setColours(colours);
    watched.invalidate();
  };
  draw(workspace.theme, show);
  stops.push(watchContrast(show));
  draw(workspace.camera, (pose) => watched.followCamera(pose));
  return () => stops.forEach((stop) => stop());
}
