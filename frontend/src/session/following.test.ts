import { beforeEach, expect, it, vi } from "vitest";
import { Commands } from "../state/commands";
import { createWorkspace, type Person, type Workspace } from "../state/workspace";
import { FakeEnvironment } from "./fake_environment";
import { Following } from "./following";
import { RemotePoses } from "./remote_poses";

let workspace: Workspace;
let commands: Commands;
let following: Following;
const showCamera = vi.fn();

function person(slot: number, name: string, fields: Partial<Person> = {}): Person {
  return {
    slot, principal_id: name.toLowerCase(), name, colour: slot, shape: slot, role: "editor",
    session_role: "participant", device: "desktop", guest: false, status: {}, mine: slot === 0,
    ...fields,
  }; // prettier-ignore
}

beforeEach(() => {
  workspace = createWorkspace();
  commands = new Commands(workspace);
  showCamera.mockClear();
  following = new Following({
    workspace,
    commands,
    environment: new FakeEnvironment(),
    remote: new RemotePoses(),
    aspect: () => 1.5,
    showCamera,
  });
  following.perform();
  workspace.session.set({
    id: "s1",
    kind: "session",
    name: "Friday",
    code: null,
    joinUrl: null,
    startedAt: null,
  });
  workspace.people.set([person(0, "Anna"), person(1, "Ben")]);
});

it("follows another, never myself, and ends when they are gone", () => {
  commands.run("session.follow", { slot: 0 });
  expect(workspace.following.get()).toBeNull();
  commands.run("session.follow", { slot: 1 });
  following.pause();
  expect(workspace.following.get()).toEqual({ slot: 1, paused: true });
  following.gone(1);
  expect(workspace.following.get()).toBeNull();
});

it("finds who came back under another slot", () => {
  commands.run("session.follow", { slot: 1 });
  workspace.people.set([person(0, "Anna"), person(1, "Ben", { lost: true }), person(4, "Ben")]);
  following.find();
  expect(workspace.following.get()).toEqual({ slot: 4, paused: false });
});

it("has no camera of somebody whose pose never came", () => {
  commands.run("session.follow", { slot: 1 });
  commands.run("session.goTo", { slot: 1 });
  expect(following.camera(0)).toBeNull();
  expect(showCamera).not.toHaveBeenCalled();
});
