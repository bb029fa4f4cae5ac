/** Performs every command that is a change of the workspace alone; the scene, the session and XR register the rest. */

import type { Commands } from "./commands";
import { performColour } from "./perform/colour";
import { performComparing } from "./perform/comparing";
import { performDesk } from "./perform/desk";
import { performDisplay } from "./perform/display";
import { descend } from "./perform/escape";
import { performExplode } from "./perform/explode";
import { performIssues } from "./perform/issues";
import { performLayerParts } from "./perform/layer_parts";
import { performMarks } from "./perform/marks";
import { performNotes } from "./perform/notes";
import { performTable } from "./perform/table";
import { performMeasures } from "./perform/measures";
import { performNavigation } from "./perform/navigation";
import { performSeating } from "./perform/seating";
import { performSections } from "./perform/sections";
import { performSelection } from "./perform/selection";
import { performViews } from "./perform/views";
import { performVisibility } from "./perform/visibility";
import type { Workspace } from "./workspace";

/** Registers the performers. `newId` makes ids that nobody else in the room makes. */
export function performOnWorkspace(
  workspace: Workspace,
  commands: Commands,
  newId: () => string,
): void {
  performSelection(workspace, commands, newId);
  performVisibility(workspace, commands);
  performColour(workspace, commands);
  performComparing(workspace, commands);
  performSeating(workspace, commands);
  performSections(workspace, commands, newId);
  performExplode(workspace, commands);
  performIssues(workspace, commands);
  performMarks(workspace, commands, newId);
  performNotes(workspace, commands);
  performTable(workspace, commands);
  performLayerParts(workspace, commands);
  performMeasures(workspace, commands, newId);
  performDesk(workspace, commands);
  performDisplay(workspace, commands);
  performNavigation(workspace, commands);
  performViews(workspace, commands);
  commands.register("escape", () => {
    descend(workspace, commands);
  });
}
