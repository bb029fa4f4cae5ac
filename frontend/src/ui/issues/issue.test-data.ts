/** An issue for tests, with whatever a test says of it. */

import type { Issue, IssueSettings } from "../../api/issues";

export function issueOf(over: Partial<Issue> = {}): Issue {
  const number = over.number ?? 1;
  return {
    id: `issue-${number}`,
    project_id: "project",
    asset_id: "asset",
    revision_id: "revision",
    revision_label: "A",
    number,
    server_assigned_id: `ISSUE-0000${number}`,
    guid: `guid-${number}`,
    type: "Issue",
    status: "Open",
    category: "open",
    priority: "Normal",
    title: `Issue ${number}`,
    description: "",
    stage: "",
    assignee: null,
    due_at: null,
    overdue: false,
    blocking: false,
    labels: [],
    reference_links: [],
    related: [],
    properties: {},
    external_system: "",
    external_id: "",
    created_at: "2026-11-23T08:00:00Z",
    created_by: null,
    updated_at: "2026-11-23T08:00:00Z",
    updated_by: null,
    deleted_at: null,
    etag: `"etag-${number}"`,
    comment_count: 0,
    viewpoint_count: 0,
    attachment_count: 0,
    snapshot_url: null,
    anchor: null,
    sheet: null,
    watching: false,
    may_change: true,
    may_trash: true,
    ...over,
  };
}

export const SETTINGS: IssueSettings = {
  types: [{ name: "Issue", description: "", properties: [] }],
  statuses: [
    { name: "Open", category: "open", leads_to: null },
    { name: "In Progress", category: "in_progress", leads_to: null },
    { name: "Resolved", category: "resolved", leads_to: null },
    { name: "Closed", category: "closed", leads_to: null },
  ],
  priorities: ["High", "Normal", "Low"],
  default_type: "Issue",
  default_status: "Open",
  default_priority: "Normal",
  labels: [],
  labels_closed: false,
  stages: [],
  snippet_types: [],
};
