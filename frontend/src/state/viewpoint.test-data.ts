/** Random states of a workspace, the same for the same seed. */

import { REAL_CHANGES } from "./changes";
import type { EntityRef } from "./entities";
import { measurement, anchor, mark } from "./measures.test-data";
import { type Manifest, Structure, type Vec3 } from "./model";
import { structureFile } from "./model_fixture.test-data";
import { COMPARE_MODES, COMPARE_PALETTES, plainComparing } from "./areas/comparing";
import { BACKGROUNDS, OCCLUSIONS, POINT_COLOURS, POINT_SIZES, SHADINGS } from "./areas/displaying";
import { RangeSet } from "./ranges";
import { DISPLAY_UNITS } from "./units";
import { type Workspace, createWorkspace } from "./workspace";

const REVISION = "0190b6d4-0000-7000-8000-000000000000";
const STRUCTURE = "a".repeat(64);

/** Seeds; a failing one is named in the test. */
export function randomly(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

/** A structure of so many parts below ten assemblies; the file hides the last. */
export function structureOf(count: number, ids?: readonly string[]): Structure {
  const rows: (readonly [number, string, number, null, boolean])[] = [
    [-1, "root", -1, null, false],
  ];
  for (let assembly = 0; assembly < 10; assembly += 1)
    rows.push([0, `assembly ${assembly}`, -1, null, false]);
  // Parts stand in the order of their assemblies, as files have them.
  for (let part = 0; part < count; part += 1)
    rows.push([1 + Math.floor((part * 10) / count), `part ${part}`, 0, null, part === count - 1]);
  const file = structureFile(rows, []);
  return new Structure(ids ? { ...file, id: ids } : file);
}

/** A workspace with a model on the table. */
export function workspaceWith(count: number, structure = structureOf(count)): Workspace {
  const workspace = createWorkspace();
  const manifest = {
    origin: [0, 0, 0],
    bounds: { min: [0, 0, 0], max: [1, 1, 1] },
    files: { "structure.json": { sha256: STRUCTURE, bytes: 1 } },
    source: { kind: "step", length_unit: "mm", up_axis: "z" },
  } as unknown as Manifest; // the members that are read here
  workspace.revision.set({
    projectId: "p",
    projectName: "P",
    assetId: "a",
    assetName: "A",
    revisionId: REVISION,
    label: "A",
    correction: null,
  });
  workspace.open(manifest, structure);
  return workspace;
}

/** Numbers from 0 to 1 (mulberry32). */
function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Changes everything that belongs to a picture. sparse: each area only now and then. */
export function anyScene(
  workspace: Workspace,
  seed: number,
  options: { readonly sparse?: boolean } = {},
): void {
  const next = generator(seed);
  const count = workspace.structure.get()?.occurrenceCount ?? 0;
  const chance = (): boolean => !options.sparse || next() < 0.4;
  const whole = (limit: number): number => Math.floor(next() * limit);
  const pick = <T>(choices: readonly T[]): T => choices[whole(choices.length)] as T; // never empty
  const metres = (): number => (next() - 0.5) * 40;
  const vector = (): Vec3 => [metres(), metres(), metres()];
  const unit = (): Vec3 => {
    const [x, y, z] = vector();
    const length = Math.hypot(x, y, z);
    return [x / length, y / length, z / length];
  };
  const some = (): RangeSet =>
    RangeSet.from(Array.from({ length: whole(count / 2) }, () => whole(count)));
  const colour = (): string => `#${whole(0x1000000).toString(16).padStart(6, "0")}`;
  const entity = (): EntityRef => ({
    occurrence: whole(count),
    kind: pick(["vertex", "edge", "face", "body"] as const),
    index: whole(50),
  });
  const pose = () => ({
    position: vector(),
    target: vector(),
    up: unit(),
    fov_rad: 0.2 + next(),
    ortho_height_m: null as number | null,
  });

  const orthographic = next() < 0.3;
  workspace.display.update((now) => ({
    ...now,
    edges: next() < 0.5,
    ownEdges: next() < 0.5,
    shading: pick(SHADINGS),
    shadow: next() < 0.5,
    grid: next() < 0.5,
    occlusion: pick(OCCLUSIONS),
    background: pick(BACKGROUNDS),
    pmi: next() < 0.5,
    projection: orthographic ? "orthographic" : "perspective",
  }));
  workspace.points.set({
    size: pick(POINT_SIZES),
    pixels: 1 + whole(11),
    metres: 0.01 + next(),
    colours: pick(POINT_COLOURS),
    hiddenClasses: next() < 0.5 ? [2, 9] : [],
    relief: next() < 0.5,
  });
  workspace.camera.set({ ...pose(), ortho_height_m: orthographic ? 0.1 + next() : null });
  if (chance()) {
    workspace.isolated.set(next() < 0.3);
    workspace.hidden.set(some());
    workspace.ghosted.set(some());
  }
  if (chance()) {
    workspace.sections.set(
      Array.from({ length: whole(7) }, (_, index) => ({
        id: `p${index}`,
        name: `Section ${index}`,
        normal: unit(),
        offset_m: metres(),
        enabled: next() < 0.8,
        cap: next() < 0.8,
      })),
    );
    const [x, y, z] = unit();
    workspace.sectionBox.set(
      next() < 0.5
        ? {
            centre: vector(),
            half: [0.1 + next(), 0.1 + next(), 0.1 + next()],
            rotation: [x, y, z, 0],
            enabled: next() < 0.8,
            cap: next() < 0.8,
          }
        : null,
    );
    workspace.uncut.set(some());
  }
  if (chance()) {
    const groups = Array.from({ length: 1 + whole(4) }, (_, index) => ({
      label: `Group ${index}`,
      colour: colour(),
      ranges: RangeSet.span(index * 10, index * 10 + whole(9)),
    }));
    workspace.colouring.set(
      next() < 0.7
        ? { title: "Material", property: next() < 0.5 ? "material" : null, groups }
        : null,
    );
  }
  if (chance()) {
    workspace.explode.set(next());
    workspace.explosion.set({
      by: pick(["parts", "assemblies"] as const),
      along: pick(["radial", "x", "y", "z"] as const),
      only: next() < 0.5 ? some() : null,
    });
  }
  if (chance()) {
    workspace.selection.set(some());
    workspace.selectedEntities.set(Array.from({ length: whole(4) }, entity));
  }
  if (chance())
    workspace.measures.set(
      Array.from({ length: whole(4) }, (_, index) =>
        measurement({
          id: `m${index}`,
          name: `Measurement ${index}`,
          value: next(),
          exact: next() < 0.5,
          tolerance: next() / 1000,
          mesh: next() < 0.5,
          anchors: [anchor(vector(), { ...mark(vector(), whole(count)), entity: entity() })],
          points: [mark(vector(), whole(count)), mark(vector())],
          shown: next() < 0.8,
          locked: next() < 0.2,
          label_offset: next() < 0.5 ? [whole(90), 0 - whole(90)] : null,
        }),
      ),
    );
  if (chance()) {
    const sheets = Array.from({ length: whole(3) }, (_, index) => ({
      id: `s${index}`,
      name: `Markup ${index}`,
      camera: pose(),
      marks: [
        {
          id: `k${index}`,
          kind: pick(["pen", "arrow", "cloud", "text"] as const),
          points: [[next(), -next()] as const, [next(), next()] as const],
          text: "Ø 8",
          colour: colour(),
          width: 2.5,
        },
      ],
    }));
    workspace.sheets.set(sheets);
    workspace.openSheet.set(next() < 0.5 ? (sheets[0]?.id ?? null) : null);
    workspace.modelMarks.set(
      Array.from({ length: whole(3) }, (_, index) => ({
        id: `x${index}`,
        kind: pick(["pin", "surface", "arrow3d"] as const),
        points: [mark(vector(), whole(count)), mark(vector())],
        text: "",
        colour: colour(),
      })),
    );
  }
  if (chance()) {
    workspace.noteFilter.set({
      without: next() < 0.5 ? ["datum", "note"] : [],
      view: next() < 0.5 ? "Front" : null,
    });
    workspace.chosenNote.set(next() < 0.5 ? "note-7" : null);
    const layer = { revisionId: REVISION.replace("0190", "0191"), transform: null };
    workspace.layers.set(
      next() < 0.5 ? [{ ...layer, visible: next() < 0.5, ghosted: next() < 0.5 }] : [],
    );
  }
  if (workspace.layers.get().length > 0 && next() < 0.5)
    workspace.layerParts.set(
      new Map(
        workspace.layers.get().map(({ revisionId }) => {
          const isolated = next() < 0.5;
          return [revisionId, { hidden: some(), isolated, ghosted: some(), structure: null }];
        }),
      ),
    );
  workspace.comparing.set(
    next() < 0.5
      ? {
          ...plainComparing(REVISION.replace("0190", "0192"), "Before"),
          mode: pick(COMPARE_MODES),
          slider: next(),
          kinds: REAL_CHANGES.filter(() => next() < 0.5),
          palette: pick(COMPARE_PALETTES),
          heat: next() < 0.5,
          tolerance_m: next() / 1000,
          oldCamera: next() < 0.5 ? pose() : null,
          stop: next() < 0.5 ? whole(9) : null,
        }
      : null,
  );
  workspace.unit.set(pick(DISPLAY_UNITS));
  workspace.numbers.set({
    decimals: next() < 0.5 ? whole(7) : null,
    fraction: pick([2, 4, 8, 16, 32, 64] as const),
    angle: pick(["deg", "dms", "rad"] as const),
    mass: next() < 0.5 ? pick(["g", "kg", "t", "lb", "oz"] as const) : null,
    second: next() < 0.5 ? pick(DISPLAY_UNITS) : null,
  });
}
