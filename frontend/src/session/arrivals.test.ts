import { expect, it } from "vitest";
import { createWorkspace } from "../state/workspace";
import { Arrivals } from "./arrivals";
import { FakeEnvironment } from "./fake_environment";

it("says the first at once, the next ones together after five seconds, nothing when it stopped", async () => {
  const environment = new FakeEnvironment();
  const workspace = createWorkspace();
  const heard: string[] = [];
  workspace.announcement.subscribe((said) => said && heard.push(said.text));
  const arrivals = new Arrivals(workspace, environment);
  arrivals.add("Anna", "joined");
  arrivals.add("Ben", "joined");
  arrivals.add("Cleo", "left");
  expect(heard).toEqual(["Anna joined"]);
  await environment.pass(5_000);
  expect(heard).toEqual(["Anna joined", "Ben joined; Cleo left"]);
  arrivals.add("Dana", "joined");
  arrivals.stop();
  await environment.pass(6_000);
  expect(heard).toHaveLength(2);
});
