/** Models in the formats of others, over REST: asked for, looked after, cancelled. */

import type createClient from "openapi-fetch";
import type { components, paths } from "./schema";

type Client = ReturnType<typeof createClient<paths>>;
type Schemas = components["schemas"];

export type ModelExport = Schemas["ModelExportAnswer"];
export type ExportFormat = ModelExport["format"];

export function exportApi({ GET, POST, DELETE }: Client) {
  const revision = (revisionId: string) => ({ params: { path: { revision_id: revisionId } } });
  const one = (exportId: string) => ({ params: { path: { model_export_id: exportId } } });
  const body = async <T>(answer: Promise<{ data?: T | undefined }>): Promise<T> => {
    const { data } = await answer;
    if (data === undefined) throw new TypeError("The server's answer has no body.");
    return data;
  };
  return {
    /** What was asked for of a revision, the newest first. */
    modelExports: async (revisionId: string): Promise<readonly ModelExport[]> =>
      (await body(GET("/api/v1/revisions/{revision_id}/exports", revision(revisionId)))).items,
    exportModel: (revisionId: string, format: ExportFormat): Promise<ModelExport> =>
      body(
        POST("/api/v1/revisions/{revision_id}/exports", {
          ...revision(revisionId),
          body: { format },
        }),
      ),
    cancelExport: (exportId: string): Promise<ModelExport> =>
      body(DELETE("/api/v1/exports/{model_export_id}", one(exportId))),
  };
}
