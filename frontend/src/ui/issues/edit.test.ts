import { expect, it } from "vitest";
import { ApiError } from "../../api/http";
import type { Issue, IssueChange, IssueSettings } from "../../api/issues";
import { changeField, dayOf, endOfDay, statusOf, statusesFrom } from "./edit";

/** A server that holds one issue, and what others did to it since `read` was read. */
class Held {
  etag = "now";
  readonly fields: Record<string, unknown> = { status: "Open", priority: "Low" };
  readonly changes: { field: string; by: { name: string } }[] = [];
  sent: (string | null)[] = [];

  readonly changeIssue = (
    _id: string,
    change: IssueChange,
    etag: string | null,
  ): Promise<Issue> => {
    this.sent.push(etag);
    if (etag !== null && etag !== this.etag)
      return Promise.reject(
        new ApiError({
          ...{ title: "", status: 412, detail: "changed", code: "issue_changed" },
          facts: {
            current: this.etag,
            issue: this.fields,
            changes: this.changes,
            updated_by: { id: "b", name: "Ben" },
          },
        }),
      );
    Object.assign(this.fields, change);
    // `as`: only these members are looked at.
    return Promise.resolve({ id: "1", etag: "after", ...this.fields } as unknown as Issue);
  };
}

const read = { id: "1", etag: "before" };

it("changes what nobody else changed", async () => {
  const held = new Held();
  held.etag = "before";
  const edited = await changeField(held, read, "priority", "High");
  expect("issue" in edited && edited.issue.priority).toBe("High");
});

it("keeps both when somebody changed another field meanwhile", async () => {
  const held = new Held();
  held.fields["status"] = "Resolved";
  held.changes.push({ field: "status", by: { name: "Ben" } });
  const edited = await changeField(held, read, "priority", "High");
  expect("issue" in edited).toBe(true);
  expect(held.fields).toEqual({ status: "Resolved", priority: "High" });
  expect(held.sent).toEqual(["before", "now"]);
});

it("shows both values when somebody changed the same field, and changes nothing", async () => {
  const held = new Held();
  held.fields["status"] = "Resolved";
  held.changes.push({ field: "status", by: { name: "Ben" } });
  expect(await changeField(held, read, "status", "In Progress")).toEqual({
    conflict: {
      field: "status",
      mine: "In Progress",
      theirs: "Resolved",
      name: "Ben",
      etag: "now",
    },
  });
  expect(held.fields["status"]).toBe("Resolved");
});

it("has no conflict with somebody who wanted the same", async () => {
  const held = new Held();
  held.fields["status"] = "Resolved";
  held.changes.push({ field: "status", by: { name: "Ben" } });
  expect("issue" in (await changeField(held, read, "status", "Resolved"))).toBe(true);
});

it("offers the statuses that may follow, and keeps one that the project no longer has", () => {
  // `as`: only these members are looked at.
  const settings = {
    default_status: "Open",
    statuses: [
      { name: "Open", category: "open", leads_to: ["Done"] },
      { name: "Doing", category: "in_progress" },
      { name: "Done", category: "resolved" },
    ],
  } as unknown as IssueSettings;
  expect(statusesFrom({ status: "Open" }, settings)).toEqual(["Open", "Done"]);
  expect(statusesFrom({ status: "Old" }, settings)).toEqual(["Old", "Open", "Doing", "Done"]);
  expect([statusOf("resolved", settings), statusOf("closed", settings)]).toEqual(["Done", null]);
});

it("brings a day back as it was chosen", () => {
  expect(dayOf(endOfDay("2026-03-29"))).toBe("2026-03-29");
  expect([dayOf(null), endOfDay("")]).toEqual(["", null]);
});
