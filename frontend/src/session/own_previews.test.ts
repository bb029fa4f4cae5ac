import { beforeEach, expect, it } from "vitest";
import type { ClientMessage } from "../protocol/messages";
import { createWorkspace, type Workspace } from "../state/workspace";
import { FakeEnvironment } from "./fake_environment";
import { OwnPreviews } from "./own_previews";

let environment: FakeEnvironment;
let workspace: Workspace;
let previews: OwnPreviews;
let sent: ClientMessage[];

beforeEach(() => {
  environment = new FakeEnvironment();
  workspace = createWorkspace();
  sent = [];
  previews = new OwnPreviews(workspace, environment, (message) => sent.push(message));
});

const of = (key: string, value: number | null): ClientMessage => ({ t: "preview", key, value });

it("sends the newest value of a key once per 33 ms", async () => {
  for (let step = 1; step <= 3; step += 1) previews.put("explode", step);
  previews.put("other", 9);
  await environment.pass(33);
  expect(sent).toEqual([of("explode", 3), of("other", 9)]);
});

it("tells at once that I let go, and forgets what an operation overtook", async () => {
  previews.put("explode", 1);
  previews.put("explode", null);
  expect(sent).toEqual([of("explode", null)]);
  previews.put("explode", 2);
  previews.overtaken("explode");
  await environment.pass(100);
  expect(sent).toHaveLength(1);
});

it("renews the hold of what stays under my hand until it stops", async () => {
  workspace.dragging.set("explode");
  previews.put("explode", 1);
  await environment.pass(33 + 1_500);
  expect(sent).toEqual([of("explode", 1), of("explode", 1)]);
  previews.stop();
  await environment.pass(5_000);
  expect(sent).toHaveLength(2);
});
