/** Which role may do what: the same table as the server's, for leaving out what would be refused. */

import type { AnyRole } from "../api/types";

export type Right =
  | "view"
  | "download"
  | "comment"
  | "issue"
  | "share_scene"
  | "host_session"
  | "upload"
  | "edit"
  | "share_link"
  | "see_reviews"
  | "decide"
  | "request_review"
  | "release"
  | "manage_members"
  | "manage_webhooks"
  | "delete_project";

const VIEWER: readonly Right[] = ["view", "download", "see_reviews"];
const REVIEWER: readonly Right[] = [
  ...VIEWER,
  "comment",
  "issue",
  "share_scene",
  "host_session",
  "decide",
];
const EDITOR: readonly Right[] = [...REVIEWER, "upload", "edit", "share_link", "request_review"];

const RIGHTS: Readonly<Record<AnyRole, readonly Right[]>> = {
  owner: [...EDITOR, "release", "manage_members", "manage_webhooks", "delete_project"],
  editor: EDITOR,
  reviewer: REVIEWER,
  viewer: VIEWER,
  guest_live: ["view", "comment", "share_scene"],
  guest_view: ["view"],
};

export function allows(role: AnyRole, right: Right): boolean {
  return RIGHTS[role].includes(right);
}
