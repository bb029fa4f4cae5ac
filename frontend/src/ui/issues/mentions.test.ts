import { expect, test } from "vitest";
import { completed, isName, marked, offered, pieces, queryAt, unmarked } from "./mentions";

const BEN = { id: "11111111-1111-4111-8111-111111111111", name: "Ben Okoro" };
const BENNY = { id: "22222222-2222-4222-8222-222222222222", name: "Ben" };
const MIA = { id: "33333333-3333-4333-8333-333333333333", name: "Mia Ben-Ari" };

test("what is typed behind an @ is a name, an address of mail is none", () => {
  expect(queryAt("Ask @be", 7)).toEqual({ start: 4, words: "be" });
  expect(queryAt("Ask @Ben O", 10)).toEqual({ start: 4, words: "Ben O" });
  expect(queryAt("@", 1)).toEqual({ start: 0, words: "" });
  expect(queryAt("mia@ex", 6)).toBeNull();
  expect(queryAt("Ask @be\nmore", 12)).toBeNull();
  expect(queryAt("Ask @ be", 8)).toBeNull();
  expect(queryAt("nobody", 3)).toBeNull();
});

test("people are offered by the beginning of any word of their name", () => {
  expect(offered([MIA, BEN, BENNY], "be").map(({ name }) => name)).toEqual([
    "Ben",
    "Ben Okoro",
    "Mia Ben-Ari",
  ]);
  expect(offered([MIA, BEN], "oko")).toEqual([BEN]);
  expect(offered([MIA, BEN], "x")).toEqual([]);
});

test("a name with umlauts is found however it is typed, and by its login", () => {
  const judge = { id: "44444444-4444-4444-8444-444444444444", name: "Jörg Weiß", login: "jw" };
  for (const typed of ["jö", "Jo", "joerg", "weiss", "WEIß", "jörg w", "jw"])
    expect(offered([judge, MIA], typed)).toEqual([judge]);
  expect(offered([judge], "jürg")).toEqual([]);
});

test("a name is looked for within its first word, behind it the sentence may go on", () => {
  expect(isName("xav")).toBe(true);
  expect(isName("Ben about it")).toBe(false);
  expect(isName("")).toBe(false);
});

test("a name is completed in the middle of a text, in brackets too", () => {
  const text = "Look (@mi) here";
  const query = queryAt(text, 9);
  expect(query && completed(text, query, 9, MIA)).toEqual({
    text: "Look (@Mia Ben-Ari) here",
    caret: 18,
  });
});

test("choosing somebody puts the name in place of what was typed", () => {
  const query = queryAt("Ask @be about it", 7);
  expect(query && completed("Ask @be about it", query, 7, BEN)).toEqual({
    text: "Ask @Ben Okoro about it",
    caret: 15,
  });
});

test("names are sent with their ids, the longest first, and read again as names", () => {
  const text = "@Ben Okoro and @Ben, not @Bent or @nobody";
  const sent = marked(text, [BENNY, BEN]);
  expect(sent).toBe(`@[Ben Okoro](${BEN.id}) and @[Ben](${BENNY.id}), not @Bent or @nobody`);
  expect(unmarked(sent)).toEqual({ text, chosen: [BEN, BENNY] });
});

test("a text is shown in pieces of names and words", () => {
  expect(pieces(`Hi @[Ben Okoro](${BEN.id}), and @Mia Ben-Ari at a@b.c`, [BEN, MIA])).toEqual([
    { text: "Hi ", mention: false },
    { text: "@Ben Okoro", mention: true },
    { text: ", and ", mention: false },
    { text: "@Mia Ben-Ari", mention: true },
    { text: " at a@b.c", mention: false },
  ]);
  expect(pieces("plain", [])).toEqual([{ text: "plain", mention: false }]);
});
