import { expect, it } from "vitest";
import { linkChoices, viewChoices } from "./choices";

type Asked = Parameters<typeof linkChoices>[0];

// `as`: only the members that are looked at.
const api = (reviews: () => Promise<unknown>): Asked =>
  ({
    everyIssue: () =>
      Promise.resolve([
        { number: 3, title: "Bore", category: "open" },
        { number: 4, title: "Done", category: "closed" },
        { number: 5, title: "Seal", category: "in_progress" },
      ]),
    reviews,
  }) as unknown as Asked;

it("offers issues that are not done, and reviews of this asset", async () => {
  const rows = [
    { id: "r1", number: 1, title: "Release", asset_id: "a" },
    { id: "r2", number: 2, title: "", asset_id: "a" },
    { id: "r3", number: 3, title: "Other", asset_id: "b" },
  ];
  expect(
    await linkChoices(
      api(() => Promise.resolve(rows)),
      "p",
      "a",
    ),
  ).toEqual({
    issues: [
      { number: 3, title: "Bore" },
      { number: 5, title: "Seal" },
    ],
    reviews: [
      { id: "r1", title: "Release" },
      { id: "r2", title: "#2" },
    ],
  });
});

it("goes without reviews for who may not see them", async () => {
  const found = await linkChoices(
    api(() => Promise.reject(new Error("403"))),
    "p",
    "a",
  );
  expect(found.reviews).toEqual([]);
  expect(found.issues).toHaveLength(2);
});

it("takes views with their pictures", () => {
  const rows = [{ id: "v", name: null, thumbnail_url: "/t" }];
  expect(viewChoices(rows)).toEqual([{ id: "v", name: "", picture: "/t" }]);
});
