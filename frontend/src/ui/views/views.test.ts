import { expect, it } from "vitest";
import type { Api } from "../../api/api";
import type { SavedViewRow } from "../../api/viewpoints";
import { Commands } from "../../state/commands";
import { workspaceWith } from "../../state/viewpoint.test-data";
import type { RevisionRef } from "../../state/workspace";
import { Toasts } from "../toasts";
import { Views } from "./views";

const row = (id: string): SavedViewRow => ({ id, name: id, folder: "" }) as SavedViewRow;
const REVISION: RevisionRef = {
  revisionId: "r",
  assetId: "a",
  label: "A",
  projectId: "p",
} as RevisionRef;

/** A server that answers a move only when it is told to. */
function slowServer(ids: readonly string[]) {
  let order = [...ids];
  const answers: (() => void)[] = [];
  const fake: Partial<Api> = {
    viewpoints: () => Promise.resolve(order.map(row)),
    changeViewpoint: (id, change) =>
      new Promise((resolve) => {
        answers.push(() => {
          order = order.filter((each) => each !== id);
          const after = change.after_id ?? null;
          order.splice(after === null ? 0 : order.indexOf(after) + 1, 0, id);
          resolve({ view: row(id), etag: "" } as never);
        });
      }),
  };
  return { api: fake as Api, answers, order: () => order };
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

it("sends quick moves one after the other and keeps what the list shows meanwhile", async () => {
  const server = slowServer(["one", "two", "three"]);
  const workspace = workspaceWith(3);
  const views = new Views({
    workspace,
    commands: new Commands(workspace),
    api: server.api,
    toasts: new Toasts(),
    revision: REVISION,
    revisionIds: ["r"],
    thumbnail: () => Promise.resolve(null),
  });
  await views.reload();
  const shown = (): readonly string[] => (views.rows.get() ?? []).map(({ id }) => id);

  void views.shift(row("three"), -1);
  void views.shift(row("three"), -1);
  expect(shown()).toEqual(["three", "one", "two"]);
  await turn();
  expect(server.answers).toHaveLength(1);
  server.answers[0]?.();
  await turn();
  expect(shown()).toEqual(["three", "one", "two"]);
  expect(server.answers).toHaveLength(2);
  server.answers[1]?.();
  await turn();
  expect(server.order()).toEqual(["three", "one", "two"]);
  expect(shown()).toEqual(["three", "one", "two"]);
});
