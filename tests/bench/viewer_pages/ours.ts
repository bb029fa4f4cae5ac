/** Our viewer without panels, over the package folder that the bench serves. */

import { createViewer } from "../../../frontend/src/scene/viewer";
import { Commands } from "../../../frontend/src/state/commands";
import { Structure, type Manifest, type StructureFile } from "../../../frontend/src/state/model";
import { performOnWorkspace } from "../../../frontend/src/state/perform";
import { RangeSet } from "../../../frontend/src/state/ranges";
import { createWorkspace } from "../../../frontend/src/state/workspace";

const canvas = document.querySelector<HTMLCanvasElement>("#canvas")!;
const query = new URLSearchParams(location.search);
const folder = query.get("package") ?? "";
const get = async (name: string): Promise<Response> => {
  const response = await fetch(`${folder}/${name}`);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response;
};
const workspace = createWorkspace();
const commands = new Commands(workspace);
let ids = 0;
performOnWorkspace(workspace, commands, () => `id-${(ids += 1)}`);
workspace.reducedMotion.set(true);
const viewer = createViewer({
  canvas,
  workspace,
  commands,
  fetchScene: async (name, _hash, signal, range) =>
    (
      await fetch(`${folder}/${name}`, {
        ...(signal ? { signal } : {}),
        ...(range
          ? { headers: { Range: `bytes=${range.offset}-${range.offset + range.bytes - 1}` } }
          : {}),
      })
    ).arrayBuffer(),
});

const peer = {
  async load(): Promise<void> {
    const manifest = (await (await get("manifest.json")).json()) as Manifest;
    viewer.open(manifest);
    await viewer.firstPicture;
    const structure = (await (await get("structure.json")).json()) as StructureFile;
    workspace.open(manifest, new Structure(structure));
  },
  settled: () => viewer.debug().settled,
  step: () => viewer.orbitBy(0.02, 0),
  pick: (x: number, y: number) => viewer.pick(x, y) !== null,
  hideOthers: () => {
    commands.run("visibility.isolate", { ranges: RangeSet.of(0) });
  },
};
Object.assign(window, { peer });
