import { beforeEach, describe, expect, it } from "vitest";
import { NO_OCCURRENCE, POSE, Pose, decodePose } from "../protocol/pose";
import { createWorkspace, type Workspace } from "../state/workspace";
import { FakeEnvironment } from "./fake_environment";
import { PoseSender, readOwnPose, type PoseSource } from "./own_pose";

const source: PoseSource = { aspect: () => 1.5, toPart: (_, [x, y, z]) => [x + 1, y, z] };
const out = new Pose();
let workspace: Workspace;

beforeEach(() => {
  workspace = createWorkspace();
});

describe("reading", () => {
  it("points into the frame of the part under the pointer", () => {
    workspace.hover.set(7);
    workspace.pointerPosition.set([1, 2, 3]);
    readOwnPose(workspace, source, out);
    expect(out.flags).toBe(POSE.lens | POSE.pointer);
    expect([out.pointerOccurrence, ...out.pointer]).toEqual([7, 2, 2, 3]);
  });

  it("points into the model when there is no part", () => {
    workspace.pointerPosition.set([1, 2, 3]);
    readOwnPose(workspace, source, out);
    expect([out.pointerOccurrence, ...out.pointer]).toEqual([NO_OCCURRENCE, 1, 2, 3]);
  });

  it("lets the headset speak for head and hands", () => {
    const headset = (pose: Pose): boolean => {
      pose.flags |= POSE.inXr | POSE.left;
      pose.head.set([9, 9, 9]);
      return true;
    };
    readOwnPose(workspace, { ...source, headset, laser: () => true }, out);
    expect(out.flags).toBe(POSE.inXr | POSE.left | POSE.laser);
    expect(out.head[0]).toBe(9);
  });
});

it("says that I talk", () => {
  readOwnPose(workspace, { ...source, talking: () => true }, out);
  expect(out.flags).toBe(POSE.lens | POSE.talking);
});

describe("sending", () => {
  it("says from a hidden page that I talk or stopped, and nothing else", async () => {
    const environment = new FakeEnvironment();
    let talking = false;
    let sent = 0;
    const sender = new PoseSender(
      environment,
      (pose) => readOwnPose(workspace, { ...source, talking: () => talking }, pose),
      () => (sent += 1) > 0,
    );
    await environment.pass(500);
    environment.hidden = true;
    const before = sent;
    await environment.pass(3_000);
    expect(sent).toBe(before);
    talking = true;
    await environment.pass(3_000);
    expect(sent).toBe(before + 1);
    talking = false;
    await environment.pass(3_000);
    expect(sent).toBe(before + 2);
    sender.stop();
  });

  it("sends 20 times a second while moving, once a second while still, never while hidden", async () => {
    const environment = new FakeEnvironment();
    const sent: Pose[] = [];
    let x = 0;
    const sender = new PoseSender(
      environment,
      (pose) => {
        readOwnPose(workspace, source, pose);
        pose.head[0] = x;
      },
      (bytes) => {
        const pose = new Pose();
        decodePose(new DataView(bytes.buffer, bytes.byteOffset), 0, bytes.byteLength, pose);
        return sent.push(pose) > 0;
      },
    );
    const count = async (ms: number, moves: boolean): Promise<number> => {
      const before = sent.length;
      for (let passed = 0; passed < ms; passed += 50) {
        if (moves) x += 0.01;
        await environment.pass(50);
      }
      return sent.length - before;
    };
    await count(1_000, false);
    expect(await count(2_000, true)).toBe(40);
    expect(await count(3_000, false)).toBeLessThanOrEqual(3);
    expect(sent.at(-1)?.timeMs).toBeLessThanOrEqual(environment.now() & 0xffff);
    environment.hidden = true;
    expect(await count(3_000, true)).toBe(0);
    environment.hidden = false;
    sender.stop();
    expect(await count(3_000, true)).toBe(0);
  });
});
