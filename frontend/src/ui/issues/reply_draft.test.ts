// @vitest-environment jsdom
import { expect, test } from "vitest";
import { ReplyShelf, draftFile, isEmpty, newReply } from "./reply_draft";

function memory(): Storage {
  const held = new Map<string, string>();
  return {
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => void held.set(key, value),
    removeItem: (key: string) => void held.delete(key),
    clear: () => held.clear(),
    key: () => null,
    length: 0,
  };
}

const PICTURE = new Blob([new Uint8Array([1, 2, 3, 250])], { type: "image/png" });

test("words, people and files come back after a reload", async () => {
  const kept = memory();
  const draft = {
    ...newReply(),
    text: "See @Ben",
    chosen: [{ id: "b", name: "Ben" }],
    files: [draftFile(PICTURE, "weld.png")],
  };
  await new ReplyShelf(kept, "issue-1").keep(draft);
  const again = new ReplyShelf(kept, "issue-1").read();
  expect(again?.id).toBe(draft.id);
  expect(again?.text).toBe("See @Ben");
  expect(again?.chosen).toEqual(draft.chosen);
  const [file] = again?.files ?? [];
  expect([file?.name, file?.kind, file?.id]).toEqual(["weld.png", "picture", draft.files[0]?.id]);
  expect(new Uint8Array((await file?.blob.arrayBuffer()) ?? [])).toEqual(
    new Uint8Array([1, 2, 3, 250]),
  );
  expect(new ReplyShelf(kept, "issue-2").read()).toBeNull();
});

test("an empty draft is forgotten, and so is one that was sent", async () => {
  const kept = memory();
  const place = new ReplyShelf(kept, "issue-1");
  await place.keep({ ...newReply(), text: "x" });
  await place.keep(newReply());
  expect(place.read()).toBeNull();
  await place.keep({ ...newReply(), text: "x" });
  place.drop();
  expect(place.read()).toBeNull();
});

test("a draft that was sent meanwhile does not come back with its file", async () => {
  const place = new ReplyShelf(memory(), "issue-1");
  const slow = place.keep({ ...newReply(), files: [draftFile(PICTURE, "a.png")] });
  place.drop();
  await slow;
  expect(place.read()).toBeNull();
});

test("a file too large for the browser's shelf keeps the words", async () => {
  const large = new Blob([new Uint8Array(2_000_000)], { type: "image/png" });
  const place = new ReplyShelf(memory(), "issue-1");
  await place.keep({ ...newReply(), text: "words", files: [draftFile(large, "a.png")] });
  expect(place.read()).toMatchObject({ text: "words", files: [] });
});

test("what somebody else wrote there is no draft", () => {
  const kept = memory();
  kept.setItem("holotable.reply.issue-1", "{broken");
  expect(new ReplyShelf(kept, "issue-1").read()).toBeNull();
  kept.setItem("holotable.reply.issue-1", '{"id": 1}');
  expect(new ReplyShelf(kept, "issue-1").read()).toBeNull();
});

test("a file alone is something to send", () => {
  expect(isEmpty(newReply())).toBe(true);
  expect(isEmpty({ ...newReply(), files: [draftFile(PICTURE, "a.png")] })).toBe(false);
});
