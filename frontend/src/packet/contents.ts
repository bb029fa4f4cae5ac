/** What stands in the page: the packet's own files, as docs/formats/packet.md has them. Read, not believed. */

import { type Bytes, fromBase64, gunzip, textOf } from "./bytes";

/** The block that the server puts into the page. */
export interface Carried {
  readonly manifest: string;
  readonly signature: string;
  readonly public_key: string;
  readonly files: Readonly<Record<string, string>>;
}

export interface Manifest {
  readonly review: number;
  readonly title: string;
  readonly asset: string;
  readonly revision: string;
  readonly server: string;
  readonly made_at: string;
  readonly made_by: string;
  readonly language: string;
  readonly key_id: string;
  readonly log: { readonly lines: number; readonly head: string };
  readonly left_out: readonly { readonly what: string; readonly why: string }[];
  readonly files: Readonly<Record<string, { readonly sha256: string; readonly bytes: number }>>;
}

export type Vec3 = readonly [number, number, number];

export interface IssueView {
  readonly guid: string;
  readonly camera: {
    readonly position: Vec3;
    readonly target: Vec3;
    readonly up: Vec3;
    readonly fov_rad: number;
    readonly height_m: number | null;
  } | null;
  readonly cuts: readonly { readonly point: Vec3; readonly normal: Vec3 }[];
  readonly selected: readonly string[];
  readonly hidden: readonly string[];
  readonly shown: readonly string[] | null;
  readonly snapshot: string | null;
}

/** A drawing, or a file beside an issue or a comment. */
export interface AttachedFile {
  readonly name: string;
  readonly media_type: string;
  readonly bytes: number;
  /** Of a drawing: the revision's label. */
  readonly revision: string;
  /** In the packet; empty where it was left out. */
  readonly path: string;
}

export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly description: string;
  readonly type: string;
  readonly status: string;
  readonly priority: string;
  readonly blocking: boolean;
  readonly author: string;
  readonly assignee: string;
  readonly part: string;
  /** Absent in packets of earlier versions, as are those of remarks. */
  readonly drawing?: string;
  readonly sheet?: number;
  readonly files?: readonly AttachedFile[];
  readonly remarks: readonly {
    readonly text: string;
    readonly author: string;
    readonly at: string;
    readonly files?: readonly AttachedFile[];
  }[];
  readonly views: readonly IssueView[];
}

/** issues.json. */
export interface Issues {
  readonly issues: readonly Issue[];
  readonly drawings?: readonly AttachedFile[];
}

export interface Said {
  readonly name: string;
  readonly verdict: string;
  readonly text: string;
  readonly revision: string;
  readonly stale: boolean;
  readonly signed: boolean;
  readonly meaning: string;
  readonly at: string;
}

export interface Decisions {
  readonly project: string;
  readonly state: string;
  readonly closed_as: string;
  readonly approvals: number;
  readonly needed: number;
  readonly missing: readonly string[];
  readonly compared_to: { readonly label: string } | null;
  readonly seats: readonly {
    readonly name: string;
    readonly seat: string;
    readonly must: boolean;
    readonly standing: string;
  }[];
  readonly said: readonly Said[];
  readonly checklist: readonly {
    readonly text: string;
    readonly ticked_by: string;
    readonly ticked_at: string | null;
  }[];
}

export interface Change {
  readonly kind: string;
  readonly stop: number;
  readonly to: { readonly id: string } | null;
}

export interface Stop {
  readonly stop: number;
  readonly kind: string;
  readonly name: string;
  readonly count: number;
  readonly said?: string;
  readonly text: string;
}

export interface Compare {
  readonly from: string;
  readonly to: string;
  readonly stops: readonly Stop[];
  readonly stops_total: number;
  readonly changes: readonly Change[];
}

export interface Entry {
  readonly at: string;
  readonly name: string;
  readonly kind: string;
  readonly revision: string;
  readonly before: string;
  readonly after: string;
  readonly reason: string;
}

/** Everything that the page holds, as bytes. */
export interface Packet {
  readonly manifestBytes: Bytes;
  readonly signature: Bytes;
  readonly publicKey: Bytes;
  readonly manifest: Manifest;
  readonly files: ReadonlyMap<string, Bytes>;
  /** Files that could not even be unpacked. */
  readonly damaged: readonly string[];
}

/** Throws when the manifest itself cannot be read: then there is nothing to show. */
export async function readPacket(block: string): Promise<Packet> {
  const carried = JSON.parse(block) as Carried;
  const manifestBytes = fromBase64(carried.manifest);
  const files = new Map<string, Bytes>();
  const damaged: string[] = [];
  for (const [name, content] of Object.entries(carried.files)) {
    try {
      files.set(name, await gunzip(fromBase64(content)));
    } catch {
      damaged.push(name);
    }
  }
  return {
    manifestBytes,
    signature: fromBase64(carried.signature),
    publicKey: fromBase64(carried.public_key),
    manifest: JSON.parse(textOf(manifestBytes)) as Manifest,
    files,
    damaged,
  };
}

/** One of its JSON files; null when it is not there or no JSON. */
export function documentOf<T>(packet: Packet, name: string): T | null {
  const bytes = packet.files.get(name);
  if (!bytes) return null;
  try {
    return JSON.parse(textOf(bytes)) as T;
  } catch {
    return null;
  }
}

/** The lines of the log that are JSON. */
export function logOf(packet: Packet): readonly Entry[] {
  const bytes = packet.files.get("log.jsonl");
  if (!bytes) return [];
  const entries: Entry[] = [];
  for (const line of new TextDecoder().decode(bytes).split("\n")) {
    try {
      if (line) entries.push(JSON.parse(line) as Entry);
    } catch {
      // The chain says which line it is.
    }
  }
  return entries;
}
