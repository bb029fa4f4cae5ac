import { Euler, Group, Quaternion, Scene } from "three";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Viewer } from "../scene/viewer";
import { COMMANDS, type CommandId, Commands } from "../state/commands";
import { MANIFEST, skid } from "../state/model_fixture.test-data";
import { performOnWorkspace } from "../state/perform";
import type { Vec3 } from "../state/model";
import { ALONE, POSE, Pose, type Presence } from "../state/presence";
import { type CameraPose, type Workspace, createWorkspace } from "../state/workspace";
import { argumentsFor } from "./every_command.test-data";
import { Headset } from "./headset";

/** What only the wearer asks for, by their own menu: of all commands these alone move them. */
const OWN_MOVES: readonly CommandId[] = [
  "xr.scale",
  "xr.exact",
  "xr.recentre",
  "xr.seated",
  "xr.turn",
  "xr.step",
  "xr.goTo",
  "xr.moveModel",
  "xr.place",
];
const ELSEWHERE: CameraPose = {
  position: [70, 80, 90],
  target: [0, 50, 0],
  up: [0, 1, 0],
  fov_rad: 1,
  ortho_height_m: null,
};
/** A room that pulls: somebody is followed, and their camera is far away. */
const PULLING: Presence = {
  ...ALONE,
  isMoving: () => true,
  followedCamera: () => ELSEWHERE,
  cameraOf: () => ELSEWHERE,
  poses: (_now, listener) => {
    const pose = new Pose();
    pose.flags = POSE.inXr;
    pose.head.set([1, 2, 3]);
    listener(5, pose, 0);
  },
};

class FakeSession extends EventTarget {
  inputSources: XRInputSource[] = [];
  visibilityState = "visible";
  enabledFeatures: string[] = ["local-floor", "hand-tracking"];
  requestReferenceSpace = async (): Promise<EventTarget> => Promise.resolve(new EventTarget());
  end = async (): Promise<void> => {
    this.dispatchEvent(new Event("end"));
    return Promise.resolve();
  };
}

let workspace: Workspace;
let commands: Commands;
let headset: Headset;
let session: FakeSession;
let headAt: { x: number; y: number; z: number } | null;
let headTurned: Quaternion;
let handAt: typeof HAND | null;
let nowMs = 0;
let loop: ((now: number, frame: unknown) => void) | null;
const space = new EventTarget();

/** Pictures: a blink is over after two of them. */
function draw(count = 3): void {
  for (let i = 0; i < count; i += 1) {
    nowMs += 200;
    loop?.(nowMs, {
      session,
      getViewerPose: () => headAt && { transform: { position: headAt, orientation: headTurned } },
      getPose: () => handAt && { transform: handAt },
    });
  }
}

/** A controller of the right or left side with its stick and buttons (by number) pushed. */
function controller(
  handedness: string,
  stick: readonly [number, number] = [0, 0],
  pressed: readonly number[] = [],
): XRInputSource {
  const buttons = Array.from({ length: 6 }, (_, index) => ({
    pressed: pressed.includes(index),
    value: pressed.includes(index) ? 1 : 0,
  }));
  const gamepad = { buttons, axes: [0, 0, ...stick] };
  // `as`: the parts that are read.
  return { handedness, gamepad, targetRaySpace: {}, gripSpace: null } as unknown as XRInputSource;
}

/** At hip height, pointing ahead. */
const HAND = {
  matrix: Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0.2, 1.2, -0.3, 1),
  position: { x: 0.2, y: 1.2, z: -0.3 },
  orientation: { x: 0, y: 0, z: 0, w: 1 },
};

const stands = (): unknown => JSON.stringify([headset.rig.pose, headset.rig.mode]);

async function enters(kind: "vr" | "ar" = "vr"): Promise<void> {
  commands.run("xr.enter", { kind });
  await vi.waitFor(() => expect(workspace.xr.get().kind).toBe("active"));
  draw();
}

beforeEach(() => {
  const canvas = { width: 0, height: 0, getContext: () => null };
  const element = { dataset: {}, append: () => undefined, addEventListener: () => undefined };
  const made = (tag: string): unknown =>
    tag === "canvas"
      ? canvas
      : { ...element, setAttribute: () => undefined, remove: () => undefined };
  vi.stubGlobal("document", { createElement: made, body: { append: () => undefined } });
  vi.stubGlobal("window", { isSecureContext: true, setTimeout, clearTimeout });
  session = new FakeSession();
  vi.stubGlobal("navigator", {
    xr: Object.assign(new EventTarget(), {
      isSessionSupported: async () => Promise.resolve(true),
      requestSession: async () => Promise.resolve(session),
    }),
  });
  headAt = { x: 0, y: 1.6, z: 0 };
  loop = null;
  handAt = null;
  headTurned = new Quaternion();
  workspace = createWorkspace();
  commands = new Commands(workspace);
  let ids = 0;
  performOnWorkspace(workspace, commands, () => `id-${(ids += 1)}`);
  workspace.open(MANIFEST, skid());
  const renderer = {
    xr: {
      enabled: false,
      setReferenceSpaceType: () => undefined,
      setSession: async () => Promise.resolve(),
      getReferenceSpace: () => space,
      getCamera: () => ({ cameras: [] }),
      setFoveation: () => undefined,
      getFoveation: () => 0,
      setFramebufferScaleFactor: () => undefined,
    },
    getContext: () => ({ getExtension: () => null, getParameter: () => "" }),
    setAnimationLoop: (next: typeof loop) => {
      loop = next;
    },
    info: { reset: () => undefined, render: { calls: 0, triangles: 0, points: 0 } },
    render: () => undefined,
  };
  // `as`: the parts that a seat asks of a viewer.
  const viewer = {
    ...{ workspace, commands, renderer, scene: new Scene(), extras: new Group() },
    ...{ model: null, pointerHandler: null, others: PULLING, headsetEye: null },
    setFlatScreen: () => undefined,
    prepareFrame: () => undefined,
    ...{ canvas: new EventTarget(), models: [] },
    chooseWithin: () => undefined,
    invalidate: () => undefined,
    toModel: (point: Vec3) => point,
    pickRay: () => null,
    pickPointer: () => null,
  } as unknown as Viewer;
  headset = new Headset(viewer);
});

afterEach(() => {
  headset.dispose();
  vi.unstubAllGlobals();
});

test("of all commands only the wearer's own moves move the wearer", async () => {
  await enters();
  const [ran, unknown]: [CommandId[], CommandId[]] = [[], []];
  // `as`: the table's own keys.
  for (const id of Object.keys(COMMANDS) as CommandId[]) {
    if (OWN_MOVES.includes(id) || id === "xr.enter" || id === "xr.leave") continue;
    const before = stands();
    const args = argumentsFor(id);
    if (!args) unknown.push(id);
    // `as`: whatever the arguments, the table reads them at its border.
    else if (commands.has(id) && commands.run(id, args as never)) ran.push(id);
    draw();
    expect([id, stands()]).toEqual([id, before]);
  }
  expect(unknown, "say in every_command.test-data.ts what these take").toEqual([]);
  expect(ran.length).toBeGreaterThan(80);
});

test("each of the wearer's own moves does move", async () => {
  await enters();
  const moves: readonly (() => boolean)[] = [
    () => commands.run("xr.scale", { mode: "one_to_one" }),
    () => commands.run("xr.turn", { by: 1 }),
    () => commands.run("xr.step", { up: 1 }),
    () => commands.run("xr.exact"),
    () => commands.run("xr.goTo", { point: [5, 0, 5] }),
    () => commands.run("xr.goTo", { slot: 5 }),
    () => commands.run("xr.scale", { ratio: 20 }),
    () => commands.run("xr.moveModel", { right: 0.01, turn_deg: 15 }),
    () => commands.run("xr.recentre"),
    () => commands.run("xr.seated", { on: true }),
    () => commands.run("xr.scale", { mode: "miniature" }),
  ];
  for (const move of moves) {
    const before = stands();
    expect(move()).toBe(true);
    draw();
    expect([move.toString(), stands() === before]).toEqual([move.toString(), false]);
  }
});

test("what comes from the room moves nobody: followed, guided, brought, compared, another model", async () => {
  await enters();
  const before = stands();
  workspace.following.set({ slot: 5, paused: false });
  workspace.camera.set(ELSEWHERE);
  workspace.people.set([]);
  workspace.connection.update((state) => ({ ...state, kind: "offline" }));
  draw();
  expect(headset.debug().notice).toContain("No connection");
  workspace.open(MANIFEST, skid());
  workspace.explode.set(1);
  draw();
  expect(stands()).toBe(before);
});

test("a head that is lost or a headset that rests moves nobody and ends nothing", async () => {
  await enters();
  const before = stands();
  headAt = null;
  draw(6);
  expect(workspace.seat.get()?.troubles).toContain("tracking");
  session.visibilityState = "visible-blurred";
  draw();
  expect(workspace.seat.get()?.troubles[0]).toBe("asleep");
  headAt = { x: 0.2, y: 1.5, z: 0 };
  session.visibilityState = "visible";
  draw();
  expect(workspace.seat.get()?.troubles).toEqual(["noController"]);
  expect([stands(), workspace.xr.get().kind]).toEqual([before, "active"]);
});

test("who sits is seen to sit: the table comes down to 0.75 m, and the pose says it", async () => {
  headAt = { x: 0, y: 1.15, z: 0 };
  await enters();
  expect(workspace.seat.get()?.seated).toBe(true);
  const { min } = headset.bounds;
  expect(headset.rig.toUser([min[0], min[1], min[2]])[1]).toBeCloseTo(0.75, 6);
  const pose = new Pose();
  headset.writePose(pose);
  expect(pose.has(POSE.seated)).toBe(true);
  commands.run("xr.seated", { on: false });
  expect(headset.rig.toUser([min[0], min[1], min[2]])[1]).toBeCloseTo(0.9, 6);
});

test("recentring stands the table before the gaze, wherever the head is in its room", async () => {
  await enters();
  headAt = { x: 1.3, y: 1.6, z: -0.4 };
  draw();
  commands.run("xr.recentre");
  const { min, max } = headset.bounds;
  const [x, , z] = headset.rig.toUser([(min[0] + max[0]) / 2, min[1], (min[2] + max[2]) / 2]);
  expect([x, z + 1.4]).toEqual([expect.closeTo(1.3, 6), expect.closeTo(0, 6)]);
});

test("the system's own recentring leaves one where one is at 1:1", async () => {
  await enters();
  commands.run("xr.scale", { mode: "one_to_one" });
  draw();
  const before = headset.rig.toModel([0, 0, 0]);
  space.dispatchEvent(new Event("reset"));
  headAt = { x: -0.8, y: 1.6, z: 0.6 }; // the room's zero is elsewhere now
  draw();
  headset.rig.toModel([-0.8, 0, 0.6]).forEach((value, axis) => {
    expect(value).toBeCloseTo(before[axis] ?? NaN, 9);
  });
});

test("the first entry asks once, in AR there is a room, and leaving tells everybody", async () => {
  await enters("ar");
  expect(workspace.seat.get()).toMatchObject({ kind: "ar", asking: true });
  expect(workspace.seat.get()?.troubles).toContain("noHitTest");
  commands.run("xr.comfort", { preset: "comfortable" });
  expect(workspace.seat.get()?.asking).toBe(false);
  expect(commands.run("xr.dim", { share: 0.5 })).toBe(true);
  expect(workspace.seat.get()?.room?.dim).toBe(0.5);
  commands.run("xr.lock", { on: true });
  const before = stands();
  commands.run("xr.moveModel", { right: 1 });
  expect(stands()).toBe(before);
  commands.run("xr.lock", { on: false });
  commands.run("xr.place");
  expect(stands()).not.toBe(before);
  commands.run("xr.leave");
  await vi.waitFor(() => expect(workspace.seat.get()).toBeNull());
  expect(commands.run("xr.turn", { by: 1 })).toBe(false);
});

test("the stick turns by 30° in one frame and once, and jumps only when it is let go", async () => {
  await enters();
  handAt = HAND;
  session.inputSources = [controller("right")];
  draw();
  const { yaw } = headset.rig;
  session.inputSources = [controller("right", [1, 0])];
  draw(1);
  expect(((yaw - headset.rig.yaw) * 180) / Math.PI).toBeCloseTo(30, 6);
  draw();
  expect(((yaw - headset.rig.yaw) * 180) / Math.PI).toBeCloseTo(30, 6);
  session.inputSources = [controller("right")];
  draw();
  const before = stands();
  session.inputSources = [controller("right", [0, -1])];
  for (let frame = 0; frame < 5; frame += 1) {
    draw(1);
    expect(stands()).toBe(before);
  }
  const { arc } = headset.debug();
  const target = headset.rig.toModel(arc ?? [NaN, NaN, NaN]);
  session.inputSources = [controller("right")];
  draw();
  headset.rig.toModel([0, 0, 0]).forEach((value, axis) => {
    expect(value).toBeCloseTo(target[axis] ?? NaN, 9);
  });
});

test("the other stick glides for who asked for it, at the speed they chose, and lifts when pressed", async () => {
  await enters();
  handAt = HAND;
  const both = (left: XRInputSource): XRInputSource[] => [controller("right"), left];
  session.inputSources = both(controller("left", [0, -1]));
  draw();
  const before = headset.rig.toModel([0, 0, 0]);
  draw();
  expect(headset.rig.toModel([0, 0, 0])).toEqual(before);
  commands.run("xr.comfort", { preset: "balanced" });
  draw(1);
  // A frame of 200 ms counts as the longest one, 50 ms: no leap after a hiccup.
  expect(headset.rig.toUser(before)[2]).toBeCloseTo(1.4 * 0.05, 9);
  session.inputSources = both(controller("left"));
  draw(1);
  const glided = headset.rig.toModel([0, 0, 0]);
  session.inputSources = both(controller("left", [0, 0], [3]));
  draw(1);
  expect(headset.rig.toModel([0, 0, 0])).toEqual(glided);
  session.inputSources = both(controller("left", [0, -1], [3]));
  draw();
  expect(headset.rig.toUser(glided)[1]).toBeCloseTo(-0.5, 9);
});

test("both menu buttons for a second lead to the safe place: all is hidden, and comes back", async () => {
  await enters();
  commands.run("xr.comfort", { preset: "comfortable" });
  const model = new Group();
  headset.viewer.scene.add(model);
  const before = stands();
  session.inputSources = [controller("left", [0, 0], [4]), controller("right", [0, 0], [4])];
  draw(4);
  expect([workspace.seat.get()?.safe, model.visible]).toEqual([false, true]);
  draw(3);
  expect([workspace.seat.get()?.safe, model.visible]).toEqual([true, false]);
  session.inputSources = [controller("left"), controller("right")];
  draw();
  commands.run("xr.safePlace", { on: false });
  expect([workspace.seat.get()?.safe, model.visible, stands()]).toEqual([false, true, before]);
});

test("without any hand a look of a second answers the question", async () => {
  await enters();
  const button = headset.debug().card?.buttons["expert"] ?? [0, 0, 0];
  const yaw = Math.atan2(-button[0], -button[2]);
  const pitch = Math.atan2(button[1] - 1.6, Math.hypot(button[0], button[2]));
  headTurned = new Quaternion().setFromEuler(new Euler(pitch, yaw, 0, "YXZ"));
  draw(20);
  expect(workspace.comfort.get().preset).toBe("expert");
});
