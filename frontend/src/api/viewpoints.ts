/** Viewpoints over REST: saved views, what links carry, and which part of one revision is which of another. */

import type createClient from "openapi-fetch";
import type { components, paths } from "./schema";

type Client = ReturnType<typeof createClient<paths>>;
type Schemas = components["schemas"];

export type SavedViewRow = Schemas["ViewpointAnswer"];
/** `content` is read where it is shown: a server may be newer than the page. */
export type SavedViewDetail = SavedViewRow & { readonly content: unknown };

export interface NewViewpoint {
  readonly content: unknown;
  readonly name?: string;
  readonly folder?: string;
  readonly immutable?: boolean;
  /** Base64: WebP, PNG or JPEG. */
  readonly thumbnail?: string;
}

/** What is absent stays; after_id null: to the front of the agenda. */
export interface ViewpointChange {
  readonly content?: unknown;
  readonly name?: string;
  readonly folder?: string;
  readonly after_id?: string | null;
  readonly thumbnail?: string;
}

/** A view together with the tag of the copy that was read. */
export interface TaggedView {
  readonly view: SavedViewDetail;
  readonly etag: string;
}

const LIMIT = 200;

export function viewpointApi({ GET, POST, PATCH, DELETE }: Client) {
  const one = (viewpointId: string) => ({ params: { path: { viewpoint_id: viewpointId } } });
  const tagged = async (
    answer: Promise<{
      data?: (SavedViewRow & { content: unknown }) | undefined;
      response: Response;
    }>,
  ): Promise<TaggedView> => {
    const { data, response } = await answer;
    if (data === undefined) throw new TypeError("The server's answer has no body.");
    return { view: data, etag: response.headers.get("etag") ?? "*" };
  };
  return {
    /** The asset's saved views in the order of the agenda. */
    viewpoints: async (projectId: string, assetId: string): Promise<SavedViewRow[]> => {
      const items: SavedViewRow[] = [];
      let cursor: string | null = null;
      do {
        const { data }: { data?: Schemas["Items_ViewpointAnswer_"] } = await GET(
          "/api/v1/projects/{project_id}/viewpoints",
          {
            params: {
              path: { project_id: projectId },
              query: { asset_id: assetId, cursor, limit: LIMIT },
            },
          },
        );
        items.push(...(data?.items ?? []));
        cursor = data?.next_cursor ?? null;
      } while (cursor !== null);
      return items.sort((a, b) => a.position - b.position || a.id.localeCompare(b.id));
    },
    viewpoint: (viewpointId: string) =>
      tagged(GET("/api/v1/viewpoints/{viewpoint_id}", one(viewpointId))),
    createViewpoint: (projectId: string, view: NewViewpoint) =>
      tagged(
        POST("/api/v1/projects/{project_id}/viewpoints", {
          params: { path: { project_id: projectId } },
          // `as`: the schema's type demands members that have defaults.
          body: { name: "", folder: "", immutable: false, ...view } as Schemas["ViewpointRequest"],
        }),
      ),
    /** etag: of the copy that the change is made upon; null: whatever is there. */
    changeViewpoint: (viewpointId: string, change: ViewpointChange, etag: string | null = null) =>
      tagged(
        PATCH("/api/v1/viewpoints/{viewpoint_id}", {
          params: {
            path: { viewpoint_id: viewpointId },
            header: etag === null ? {} : { "if-match": etag },
          },
          body: change as Schemas["ViewpointPatch"], // see above
        }),
      ),
    deleteViewpoint: async (viewpointId: string): Promise<void> => {
      await DELETE("/api/v1/viewpoints/{viewpoint_id}", one(viewpointId));
    },
    /** structure: sha256 of the other's structure; null: its present one. */
    correspondence: async (revisionId: string, otherId: string, structure: string | null) => {
      const { data } = await GET("/api/v1/revisions/{revision_id}/correspondence/{other_id}", {
        params: {
          path: { revision_id: revisionId, other_id: otherId },
          query: structure === null ? {} : { structure },
        },
      });
      if (data === undefined) throw new TypeError("The server's answer has no body.");
      const runs = data.runs.map(
        ([theirs = 0, ours = 0, count = 0]) => [theirs, ours, count] as const,
      );
      return { other_count: data.other_count, runs };
    },
  };
}
