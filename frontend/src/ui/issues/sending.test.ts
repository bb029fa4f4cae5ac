import { beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../../api/http";
import { type IssueSeen, newDraft } from "./drafts";
import { issueOf } from "./issue.test-data";
import { type SendingHost, sendDraft } from "./sending";

const api = {
  createIssue: vi.fn(),
  changeIssue: vi.fn(),
  addIssueView: vi.fn(),
  anchorIssue: vi.fn(),
  commentOnIssue: vi.fn(),
  commentOnRevision: vi.fn(),
  changeComment: vi.fn(),
  anchorComment: vi.fn(),
  putIssueOnSheet: vi.fn(),
  putCommentOnSheet: vi.fn(),
  attachToComment: vi.fn(),
};
const onmade = vi.fn();
const say = vi.fn();
const host: SendingHost = {
  ...{ api, onmade, say },
  revision: { projectId: "project", revisionId: "revision" },
};
const SEEN: IssueSeen = {
  place: {
    ...{ part: "plate", occurrence: 0, screen: { x: 1, y: 2 } },
    position: [1, 2, 3],
    normal: [0, 1, 0],
  },
  content: { format: "holotable-viewpoint/1" },
  snapshot: "data:image/webp;base64,AQID",
};

function refusal(status: number, code: string): ApiError {
  return new ApiError({ status, code, title: code, detail: code });
}

beforeEach(() => {
  vi.resetAllMocks();
  api.createIssue.mockResolvedValue(issueOf({ number: 7 }));
  api.changeIssue.mockResolvedValue(issueOf({ number: 7 }));
});

test("an issue goes with its view, its picture and its place", async () => {
  const draft = { ...newDraft("issue"), title: " Weld missing ", type: "Clash" };
  expect(await sendDraft(host, draft, SEEN)).toBe(7);
  expect(api.createIssue).toHaveBeenCalledWith(
    "project",
    expect.objectContaining({
      ...{ id: draft.id, revision_id: "revision", title: "Weld missing", type: "Clash" },
      due_at: null,
    }),
  );
  expect(onmade).toHaveBeenCalledOnce();
  const [, view] = api.addIssueView.mock.calls[0] as [string, { id: string; snapshot: Blob }];
  expect([view.id, view.snapshot.size, view.snapshot.type]).toEqual([
    draft.viewId,
    3,
    "image/webp",
  ]);
  expect(api.anchorIssue).toHaveBeenCalledWith(draft.id, {
    ...{ id: draft.anchorId, revision_id: "revision", occurrence: "plate" },
    ...{ world: [1, 2, 3], world_normal: [0, 1, 0] },
  });
});

test("a view that is refused is said, and the place is sent all the same", async () => {
  api.addIssueView.mockRejectedValue(refusal(422, "unknown_part"));
  expect(await sendDraft(host, { ...newDraft("issue"), title: "Weld" }, SEEN)).toBe(7);
  expect(say).toHaveBeenCalledOnce();
  expect(api.anchorIssue).toHaveBeenCalledOnce();
});

test("a connection that is lost on the way leaves the rest for the next try, under the same ids", async () => {
  const draft = { ...newDraft("issue"), title: "Weld" };
  api.anchorIssue.mockRejectedValueOnce(refusal(0, "unreachable"));
  await expect(sendDraft(host, draft, SEEN)).rejects.toThrow("unreachable");
  expect(onmade).toHaveBeenCalledOnce();
  await sendDraft(host, { ...draft, made: true, title: "Weld missing" }, SEEN);
  expect(api.createIssue).toHaveBeenCalledOnce();
  expect(api.changeIssue).toHaveBeenCalledWith(
    draft.id,
    expect.objectContaining({ title: "Weld missing" }),
    null,
  );
  const ids = api.anchorIssue.mock.calls.map(([, anchor]) => (anchor as { id: string }).id);
  expect(ids).toEqual([draft.anchorId, draft.anchorId]);
});

test("one that arrived although its answer did not is changed, not made twice", async () => {
  api.createIssue.mockRejectedValue(refusal(409, "id_taken"));
  expect(await sendDraft(host, { ...newDraft("issue"), title: "Weld" }, null)).toBe(7);
  expect(api.changeIssue).toHaveBeenCalledOnce();
});

test("a comment goes with its place and its picture, and an issue's title is its first line", async () => {
  const draft = { ...newDraft("comment"), title: "Weld", text: "Which steel?" };
  expect(await sendDraft(host, draft, SEEN)).toBeNull();
  expect(api.commentOnRevision).toHaveBeenCalledWith("revision", {
    ...{ id: draft.id, text: "Weld\n\nWhich steel?" },
  });
  expect(api.anchorComment).toHaveBeenCalledOnce();
  expect(api.attachToComment).toHaveBeenCalledWith(
    draft.id,
    expect.any(Blob),
    "snapshot.webp",
    draft.viewId,
  );
});

test("what was written about a sheet goes to its place there, with what is drawn", async () => {
  const mark = { kind: "text" as const, colour: "#d55e00", at: [0.1, 0.2] as [number, number] };
  const seen: IssueSeen = {
    ...{ place: null, content: null, snapshot: null },
    sheet: {
      ...{ drawingId: "drawing", name: "Plate", page: 1, x: 0.25, y: 0.5 },
      marks: [{ ...mark, text: "Ø 6.5" }],
      screen: { x: 1, y: 2 },
    },
  };
  const place = { drawing_id: "drawing", page: 1, x: 0.25, y: 0.5, marks: seen.sheet?.marks };
  const issue = { ...newDraft("issue"), title: "Bore" };
  await sendDraft(host, issue, seen);
  expect(api.putIssueOnSheet).toHaveBeenCalledWith(issue.id, { id: issue.anchorId, ...place });
  const comment = { ...newDraft("comment"), text: "Bore" };
  await sendDraft(host, comment, seen);
  expect(api.putCommentOnSheet).toHaveBeenCalledWith(comment.id, {
    id: comment.anchorId,
    ...place,
  });
  expect(api.addIssueView).not.toHaveBeenCalled();
  expect(api.anchorIssue).not.toHaveBeenCalled();
});
