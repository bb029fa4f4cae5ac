/** Which role may do what: the same table as the server's, for leaving out what would be refused. */

import type { AnyRole } from "../api/types";

export type Right =
  | "view"
  | "download"
  | "comment"
  | "share_scene"
  | "host_session"
  | "upload"
  | "edit"
  | "share_link"
  | "manage_members"
  | "delete_project";

const VIEWER: readonly Right[] = ["view", "download"];
const REVIEWER: readonly Right[] = [...VIEWER, "comment", "share_scene", "host_session"];
const EDITOR: readonly Right[] = [...REVIEWER, "upload", "edit", "share_link"];

const RIGHTS: Readonly<Record<AnyRole, readonly Right[]>> = {
  owner: [...EDITOR, "manage_members", "delete_project"],
  editor: EDITOR,
  reviewer: REVIEWER,
  viewer: VIEWER,
  guest_live: ["view", "comment", "share_scene"],
  guest_view: ["view"],
};

export function allows(role: AnyRole, right: Right): boolean {
  return RIGHTS[role].includes(right);
}
