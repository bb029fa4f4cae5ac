import { beforeEach, expect, test } from "vitest";
import { Commands } from "../../state/commands";
import { MANIFEST, skid } from "../../state/model_fixture.test-data";
import { Store } from "../../state/store";
import { type Workspace, createWorkspace } from "../../state/workspace";
import { composeByHand } from "./by_hand";
import { type IssueDraft, type IssueSeen, newDraft } from "./drafts";

const VALVE = 2;
let workspace: Workspace;
let commands: Commands;
let draft: Store<IssueDraft | null>;
let seen: Store<IssueSeen | null>;
let sent: (IssueDraft | null)[];
let stop: () => void;

beforeEach(() => {
  workspace = createWorkspace();
  workspace.open(MANIFEST, skid());
  workspace.role.set("editor");
  commands = new Commands(workspace);
  draft = new Store<IssueDraft | null>(newDraft("issue"));
  const place = { occurrence: VALVE } as unknown as NonNullable<IssueSeen["place"]>; // `as`: its part alone
  seen = new Store<IssueSeen | null>({ place, content: "before", snapshot: null });
  sent = [];
  const composer = {
    ...{ draft, seen, sending: new Store(false), refused: new Store<string | null>(null) },
    change: (next: IssueDraft) => draft.set(next),
    see: (change: object) => seen.update((now) => now && { ...now, ...change }),
    send: async () => Promise.resolve(sent.push(draft.get()) > 0),
    discard: () => draft.set(null),
  };
  const views = { seen: () => "what is seen now" };
  stop = composeByHand(composer, { workspace, commands, meId: "me", views });
});

test("a phrase is a title with the part's name, and the headset's card shows it", () => {
  commands.run("issue.phrase", { phrase: "gap" });
  expect(workspace.composing.get()).toMatchObject({ title: "Gap: Valve V-17", voice_s: null });
  commands.run("issue.post");
  expect(sent.map((one) => one?.title)).toEqual(["Gap: Valve V-17"]);
});

test("who only speaks gives a title all the same; who wrote one keeps it", () => {
  const voice = { address: "data:audio/webm;base64,AAAA", seconds: 3 };
  commands.run("issue.voice", voice);
  expect(workspace.composing.get()).toMatchObject({ title: "Issue on Valve V-17", voice_s: 3 });
  draft.update((now) => now && { ...now, title: "Mine" });
  commands.run("issue.voice", { ...voice, seconds: 4 });
  expect(workspace.composing.get()).toMatchObject({ title: "Mine", voice_s: 4 });
});

test("what is to be finished on the desktop is mine, and says so", () => {
  commands.run("issue.later");
  expect(sent[0]).toMatchObject({ title: "To finish: Issue on Valve V-17", assigneeId: "me" });
});

test("a photo is its picture, and a stroke of the pen is in what it shows", () => {
  commands.run("issue.picture", { address: "data:image/webp;base64,AAAA" });
  expect(seen.get()).toMatchObject({ snapshot: "data:image/webp;base64,AAAA" });
  seen.update((now) => now && { ...now, content: "before" });
  workspace.modelMarks.set([]);
  expect(seen.get()?.content).toBe("before");
  workspace.eye.set({
    pose: () => workspace.camera.get(),
    picture: async () => Promise.resolve(null),
  });
  workspace.modelMarks.set([]);
  expect(seen.get()?.content).toBe("what is seen now");
});

test("put away, nothing is written any more and nothing can be said", () => {
  commands.run("issue.discard");
  expect(workspace.composing.get()).toBeNull();
  commands.run("issue.phrase", { phrase: "gap" });
  expect(draft.get()).toBeNull();
  stop();
  expect(commands.run("issue.post")).toBe(false);
});
