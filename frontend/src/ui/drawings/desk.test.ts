import { beforeEach, expect, test, vi } from "vitest";
import type { Drawing, SheetPin } from "../../api/drawings";
import { ApiError } from "../../api/http";
import { DrawingDesk, type DrawingHost } from "./desk";

const api = {
  drawings: vi.fn(),
  sheetPins: vi.fn(),
  addDrawing: vi.fn(),
  renameDrawing: vi.fn(),
  removeDrawing: vi.fn(),
  restoreDrawing: vi.fn(),
  putIssueOnSheet: vi.fn(),
  takeIssueOffSheet: vi.fn(),
};
const host: DrawingHost = {
  ...{ api, revisionId: "a" },
  toasts: { show: vi.fn() },
  workspace: { announce: vi.fn() },
};

function drawingOf(id: string, over: Partial<Drawing> = {}): Drawing {
  return {
    ...{ id, project_id: "p", asset_id: "x", revision_id: "a", revision_label: "A", name: id },
    ...{ kind: "pdf", media_type: "application/pdf", bytes: 4, sha256: "0", unit: "m" },
    ...{ page_count: 2, pages: [], url: "", created_at: "", created_by: null, deleted_at: null },
    ...{ etag: `"${id}"`, may_change: true },
    ...over,
  };
}

function pinOf(ofId: string, over: Partial<SheetPin> = {}): SheetPin {
  return {
    ...{ id: `pin ${ofId}`, drawing_id: "plate", drawing_name: "Plate", drawing_removed: false },
    ...{ revision_id: "a", revision_label: "A", page: 1, page_count: 2, x: 0.5, y: 0.5 },
    ...{ shown_on: "plate", is_carried: false, kind: "issue", of_id: ofId, number: 1, title: "" },
    ...{ status: "", category: "open", priority: "", blocking: false, marks: [] },
    ...over,
  };
}

beforeEach(() => {
  vi.resetAllMocks();
  api.drawings.mockResolvedValue([drawingOf("lid"), drawingOf("plate")]);
  api.sheetPins.mockResolvedValue([pinOf("issue")]);
});

test("an issue opens its sheet, one that is on none opens nothing", async () => {
  const desk = new DrawingDesk(host);
  expect(await desk.showPlace("issue")).toBe(true);
  expect(desk.open.get()).toMatchObject({ drawingId: "plate", page: 1, wanted: "issue" });
  expect(await desk.showPlace("another")).toBe(false);
});

test("its own place comes before one that was taken over", async () => {
  const carried = pinOf("issue", { shown_on: "lid", is_carried: true });
  api.sheetPins.mockResolvedValue([carried, pinOf("issue")]);
  const desk = new DrawingDesk(host);
  await desk.showPlace("issue");
  expect(desk.open.get()?.drawingId).toBe("plate");
});

test("only sheets that are there are turned to", async () => {
  const desk = new DrawingDesk(host);
  await desk.reload();
  desk.show("plate", 9);
  expect(desk.open.get()?.page).toBe(1);
  desk.turnTo(-1);
  expect(desk.open.get()?.page).toBe(0);
  desk.show("nothing");
  expect(desk.open.get()?.drawingId).toBe("plate");
});

test("what did not change is the same object after a reload, and a removed sheet closes", async () => {
  const desk = new DrawingDesk(host);
  await desk.reload();
  desk.show("plate");
  const before = desk.rows.get()?.[0];
  api.drawings.mockResolvedValue([drawingOf("lid")]);
  await desk.reload();
  expect(desk.rows.get()).toEqual([before]);
  expect(desk.rows.get()?.[0]).toBe(before);
  expect(desk.open.get()).toBeNull();
});

test("a refused file stays with its reason, is sent again under its id, and opens", async () => {
  const refusal = new ApiError({
    ...{ status: 422, code: "damaged_drawing", title: "", detail: "This PDF is damaged." },
  });
  api.addDrawing.mockRejectedValueOnce(refusal).mockResolvedValueOnce(drawingOf("new"));
  const desk = new DrawingDesk(host);
  await desk.reload();
  desk.add([new File(["%PDF"], "new.pdf")]);
  await vi.waitFor(() => expect(desk.uploads.get()[0]?.problem?.code).toBe("damaged_drawing"));
  const id = desk.uploads.get()[0]?.id ?? "";
  api.drawings.mockResolvedValue([drawingOf("new")]);
  desk.retry(id);
  await vi.waitFor(() => expect(desk.uploads.get()).toEqual([]));
  expect(api.addDrawing.mock.calls.map(([, fields]) => (fields as { id: string }).id)).toEqual([
    id,
    id,
  ]);
  expect(desk.open.get()?.drawingId).toBe("new");
});

test("marks that were not said yet outlive closing their sheet", () => {
  const desk = new DrawingDesk(host);
  desk.marksOf("plate 0").add({ kind: "arrow", colour: "#d55e00", start: [0, 0], end: [1, 1] });
  expect(desk.marksOf("plate 0").marks).toHaveLength(1);
  expect(desk.marksOf("plate 1").marks).toHaveLength(0);
});

test("an issue is put where the sheet is pressed, and what is drawn with it stays on its sheet", async () => {
  const marks: SheetPin["marks"] = [{ kind: "text", colour: "#d55e00", at: [0, 0], text: "Ø" }];
  api.sheetPins.mockResolvedValue([pinOf("issue", { marks })]);
  const desk = new DrawingDesk(host);
  await desk.startMoving({ id: "issue", number: 7 });
  expect(desk.open.get()).toMatchObject({ drawingId: "plate", page: 1 });
  await desk.putHere({ x: 0.25, y: 0.75 });
  const place = { drawing_id: "plate", page: 1, x: 0.25, y: 0.75 };
  expect(api.putIssueOnSheet).toHaveBeenLastCalledWith(
    "issue",
    expect.objectContaining({ ...place, marks }),
  );
  expect(desk.moving.get()).toBeNull();
  // On another sheet nothing of it means anything.
  await desk.startMoving({ id: "issue", number: 7 });
  desk.turnTo(0);
  await desk.putHere({ x: 0.25, y: 0.75 });
  expect(api.putIssueOnSheet).toHaveBeenLastCalledWith(
    "issue",
    expect.objectContaining({ ...place, page: 0, marks: [] }),
  );
  await desk.putHere({ x: 0, y: 0 }); // nobody is moved any more
  expect(api.putIssueOnSheet).toHaveBeenCalledTimes(2);
});

test("an issue that stands on no sheet begins on the first, closing the sheet gives it up", async () => {
  const desk = new DrawingDesk(host);
  await desk.startMoving({ id: "another", number: 8 });
  expect(desk.open.get()?.drawingId).toBe("lid");
  desk.close();
  expect(desk.moving.get()).toBeNull();
});

test("a place that is refused is said", async () => {
  api.putIssueOnSheet.mockRejectedValue(
    new ApiError({ status: 403, code: "forbidden", title: "No", detail: "Your role may not." }),
  );
  const desk = new DrawingDesk(host);
  await desk.startMoving({ id: "issue", number: 7 });
  await desk.putHere({ x: 0, y: 0 });
  expect(host.toasts.show).toHaveBeenCalledWith("Your role may not.", { kind: "error" });
});
