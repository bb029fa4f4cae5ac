/** What the REST interface answers, with the names of the wire. */

export type MemberRole = "owner" | "editor" | "reviewer" | "viewer";
export type AnyRole = MemberRole | "guest_live" | "guest_view";
export type Capability = "view" | "live";

/** A problem document (RFC 9457). */
export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly remedy?: string | null;
}

export interface List<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

export interface Me {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly login?: string | null;
  readonly is_admin: boolean;
  readonly csrf_token: string;
  readonly guest?: {
    readonly project_id: string;
    readonly asset_id?: string | null;
    readonly session_id?: string | null;
    readonly capability: Capability;
  } | null;
}

export interface Token {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly expires_at?: string | null;
  readonly last_used_at?: string | null;
  /** Only in the answer that made it. */
  readonly token?: string;
}

export interface LiveSession {
  readonly session_id: string;
  readonly name: string;
  readonly people: readonly { readonly name: string }[] | number;
}

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly is_sample: boolean;
  readonly role: AnyRole;
  readonly created_at: string;
  readonly updated_at: string;
  readonly counts: { readonly assets: number; readonly members: number };
  readonly live: readonly LiveSession[];
  readonly thumbnail_revision_id?: string | null;
}

export interface Folder {
  readonly id: string;
  readonly project_id: string;
  readonly parent_id: string | null;
  readonly name: string;
}

export type RevisionState =
  | "queued"
  | "reading"
  | "tessellating"
  | "optimising"
  | "publishing"
  | "ready"
  | "failed"
  | "cancelled";

export interface Revision {
  readonly id: string;
  readonly project_id: string;
  readonly asset_id: string;
  readonly label: string;
  readonly note?: string | null;
  readonly lifecycle: string;
  readonly state: RevisionState;
  readonly progress: {
    readonly stage: string;
    readonly fraction: number;
    readonly queue_position?: number | null;
  };
  readonly problem?: {
    readonly code: string;
    readonly detail: string;
    readonly remedy?: string | null;
    readonly facts?: Readonly<Record<string, unknown>> | null;
  } | null;
  readonly source: { readonly name: string; readonly sha256: string; readonly bytes: number };
  readonly stats?: Readonly<Record<string, unknown>> | null;
  readonly created_at: string;
  readonly created_by?: { readonly id: string; readonly name: string } | null;
  readonly placement?: {
    readonly unit?: string | null;
    readonly up_axis?: string | null;
  } | null;
  readonly package?: { readonly id: string; readonly scene_url: string } | null;
}

export interface Asset {
  readonly id: string;
  readonly project_id: string;
  readonly folder_id: string | null;
  readonly name: string;
  readonly description: string;
  readonly part_number?: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly latest_revision?: Revision | null;
  readonly revision_count: number;
}

export interface Member {
  readonly principal: { readonly id: string; readonly kind: string; readonly name: string };
  readonly login: string | null;
  readonly role: MemberRole;
  readonly added_at: string;
}

export interface User {
  readonly id: string;
  readonly name: string;
  readonly login: string;
  readonly is_admin?: boolean;
}

export interface ShareLink {
  readonly id: string;
  readonly asset_id?: string | null;
  readonly capability: Capability;
  readonly label?: string | null;
  readonly created_at: string;
  readonly expires_at?: string | null;
  readonly revoked_at?: string | null;
  readonly uses: number;
  /** Only in the answer that made it. */
  readonly url?: string | null;
}

export interface OpenedShareLink {
  readonly project_name: string;
  readonly asset_name?: string | null;
  readonly capability: Capability;
  readonly needs_name: boolean;
  readonly needs_password: boolean;
  readonly expires_at?: string | null;
}

export interface Session {
  readonly id: string;
  readonly project_id: string;
  readonly revision_id: string;
  readonly asset_id: string;
  readonly name: string;
  readonly kind: "meeting" | "table";
  /** Only for those who may host. */
  readonly code: string | null;
  readonly created_at: string;
  readonly created_by: string | null;
  readonly ended_at: string | null;
  readonly people: number;
  readonly join_url: string;
}

/** Answer to a code before anybody joined. */
export interface JoinPreview {
  readonly session_id: string;
  readonly name: string;
  readonly needs_name: boolean;
}

export interface Joined {
  readonly session_id: string;
  readonly asset_id: string;
  readonly label: string;
}

export interface Ticket {
  readonly ticket: string;
  readonly url: string;
  readonly expires_at: string;
  readonly session_id?: string;
}

export interface TrashItem {
  readonly kind: "project" | "folder" | "asset";
  readonly id: string;
  readonly name: string;
  readonly project_id: string;
  readonly deleted_at: string;
}

export interface SearchHit {
  readonly kind: "project" | "folder" | "asset" | "revision";
  readonly id: string;
  readonly name: string;
  readonly project_id: string;
  readonly project_name: string;
  readonly asset_id?: string | null;
  readonly revision_id?: string | null;
}

export interface OccurrenceDetail {
  readonly id: string;
  readonly name: string;
  readonly path: readonly string[] | string;
  readonly part?: Readonly<Record<string, unknown>> | null;
  readonly properties?: Readonly<Record<string, unknown>> | null;
  readonly mass?: Readonly<Record<string, unknown>> | null;
}

/** How many people an answer counts or lists. */
export function peopleCount(people: LiveSession["people"]): number {
  return typeof people === "number" ? people : people.length;
}
