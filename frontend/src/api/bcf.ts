/** BCF files over REST: into a project, and the address of what goes out of it. */

import type { Http } from "./http";
import type { components } from "./schema";
import { type UploadProgress, postForm } from "./upload";

export type BcfImport = components["schemas"]["BcfImportAnswer"];
export type BcfTopic = components["schemas"]["ImportedTopic"];
export type BcfVersion = "2.1" | "3.0";

export function bcfApi(http: Http) {
  return {
    /** dryRun: says what would happen and changes nothing. */
    importBcf: (
      projectId: string,
      file: File,
      dryRun: boolean,
      onProgress: (progress: UploadProgress) => void,
      signal: AbortSignal,
    ): Promise<BcfImport> => {
      const form = new FormData();
      form.set("file", file);
      const path = `/projects/${projectId}/issues.bcf${dryRun ? "?dry_run=true" : ""}`;
      return postForm<BcfImport>(http, path, form, onProgress, signal);
    },
    /** Where the browser fetches the file itself. search: of `bcfSearch`. */
    bcfUrl: (projectId: string, search: string): string =>
      `${http.url(`/projects/${projectId}/issues.bcf`)}?${search}`,
  };
}
