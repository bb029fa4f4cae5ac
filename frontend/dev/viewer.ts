/** A workspace, its commands and a viewer over one scene package folder, and nothing else. */

import { createViewer } from "../src/scene/viewer";
import { Commands } from "../src/state/commands";
import { Structure, type Manifest, type StructureFile } from "../src/state/model";
import { performOnWorkspace } from "../src/state/perform";
import { createWorkspace } from "../src/state/workspace";
import { RangeSet } from "../src/state/ranges";
import "../src/ui/tokens.css";

const query = new URLSearchParams(location.search);
const folder = query.get("package") ?? "";
const file = async (name: string, signal?: AbortSignal): Promise<Response> => {
  const response = await fetch(`/package/${name}?dir=${encodeURIComponent(folder)}`, {
    signal: signal ?? null,
  });
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response;
};

const workspace = createWorkspace();
const commands = new Commands(workspace);
let ids = 0;
performOnWorkspace(workspace, commands, () => `id-${(ids += 1)}`);
const theme = query.get("theme") === "dark" ? "dark" : "light";
workspace.theme.set(theme);
document.documentElement.dataset["theme"] = theme;

import { drawPresence } from "../src/scene/presence";
import { SectionCaps } from "../src/scene/section/caps";
import { createToolbox } from "../src/tools/toolbox";
import { createNavigation } from "../src/scene/navigation";
import { offerPhotoreal } from "../src/scene/photoreal/photoreal";
import { createHeadset } from "../src/xr/headset";
import { createViewCube } from "../src/scene/view_cube";
const canvas = document.querySelector<HTMLCanvasElement>("#canvas");
if (!canvas) throw new Error("The page has no canvas.");
const megabytes = Number(query.get("memory") ?? NaN);
const triangles = Number(query.get("triangles") ?? NaN);
const viewer = createViewer({
  canvas,
  workspace,
  commands,
  fetchScene: async (name, _hash, signal) => (await file(name, signal)).arrayBuffer(),
  ...(megabytes > 0 ? { memoryBytes: megabytes * 1e6 } : {}),
  ...(triangles > 0 ? { triangleBudget: triangles } : {}),
});

createNavigation(viewer);
createViewCube(viewer);
offerPhotoreal(viewer);
drawPresence(viewer);
const caps = new SectionCaps(viewer, async (name) => (await file(name)).arrayBuffer());
const toolbox = createToolbox(viewer);
const headset = createHeadset(viewer);

// The files are ours: their shape is checked where they are written.
const manifest = (await (await file("manifest.json")).json()) as Manifest;
const structure = new Structure((await (await file("structure.json")).json()) as StructureFile);
workspace.open(manifest, structure);
viewer.open(manifest);

Object.assign(window, { caps, headset, toolbox, viewer, workspace, commands, RangeSet });
