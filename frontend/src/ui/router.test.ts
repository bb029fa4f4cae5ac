import { expect, test } from "vitest";
import { localPath, paths, readRoute } from "./router";

const read = (path: string): unknown => readRoute(new URL(path, "http://localhost"));

test("each address of the specification has its page", () => {
  expect(read("/setup?k=abc")).toEqual({ screen: "setup", key: "abc" });
  expect(read("/signin?next=%2Fp%2F1")).toEqual({ screen: "signin", next: "/p/1" });
  expect(read("/go")).toEqual({ screen: "go" });
  expect(read("/")).toEqual({ screen: "projects" });
  expect(read("/p/1")).toEqual({
    screen: "project",
    projectId: "1",
    tab: "assets",
    folderId: null,
    upload: false,
  });
  expect(read("/p/1/members")).toMatchObject({ tab: "members" });
  expect(read("/p/1/upload")).toMatchObject({ tab: "assets", upload: true });
  expect(read("/p/1?folder=7")).toMatchObject({ folderId: "7" });
  expect(read("/p/1/a/2")).toEqual({ screen: "asset", projectId: "1", assetId: "2", label: null });
  expect(read("/p/1/a/2/r/B")).toMatchObject({ label: "B" });
  expect(read("/v/2/B")).toEqual({
    screen: "viewer",
    assetId: "2",
    label: "B",
    compare: null,
    issue: null,
  });
  expect(read(paths.issueOn("2", "B", 12))).toMatchObject({ label: "B", issue: "12" });
  expect(read("/p/1/issues")).toMatchObject({ screen: "project", tab: "issues" });
  expect(read(paths.issue("1", 12))).toEqual({ screen: "issue", projectId: "1", number: 12 });
  expect(read(paths.compare("2", "B", "A 1"))).toMatchObject({ label: "B", compare: "A 1" });
  expect(read("/live/9?k=482913")).toEqual({ screen: "live", sessionId: "9", code: "482913" });
  expect(read("/s/secret")).toEqual({ screen: "share", secret: "secret" });
  expect(read("/settings/me")).toEqual({ screen: "me" });
});

test("anything else is unknown", () => {
  for (const path of ["/nowhere", "/p", "/v/1", "/settings", "/p/1/nonsense", "/p/1/issues/x"])
    expect(read(path)).toMatchObject({ screen: "unknown" });
});

test("after signing in one stays on this server", () => {
  for (const path of [
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "javascript:1",
    null,
  ])
    expect(localPath(path)).toBe("/");
  expect(localPath("/v/2/B?x=1")).toBe("/v/2/B?x=1");
});
