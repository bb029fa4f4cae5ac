/** Fetches the files of a revision's scene package: immutable by hash, with named failures. */

import type { Api } from "../api/api";
import { ApiError } from "../api/http";
import { t } from "../state/messages";
import { type Manifest, Structure, type StructureFile } from "../state/model";
import { AS_READ, type Correction, placedManifest, placedStructure } from "../state/placement";

/** Reads a scene package over REST. */
export class ScenePackage {
  private readonly api: Api;
  private readonly revisionId: string;
  private readonly correction: Correction | null;

  /** correction: of the file's unit and axis; everything read here already stands in its frame. */
  constructor(api: Api, revisionId: string, correction: Correction | null = null) {
    this.api = api;
    this.revisionId = revisionId;
    this.correction = correction;
  }

  /** One file's bytes, or those of a range of it. fresh: from the server, whatever the browser has kept. */
  async fetch(
    file: string,
    hash?: string,
    signal?: AbortSignal,
    range?: { readonly offset: number; readonly bytes: number },
    fresh = false,
  ): Promise<ArrayBuffer> {
    const response = await this.request(file, hash, signal, range, fresh);
    const bytes = await response.arrayBuffer();
    // A proxy that knows no ranges answers 200 with everything.
    if (!range || response.status === 206) return bytes;
    return bytes.slice(range.offset, range.offset + range.bytes);
  }

  async manifest(): Promise<Manifest> {
    const value: unknown = await (await this.request("manifest.json")).json();
    // `as`: conversion validates what it writes; a wrong format is caught by its name below.
    const manifest = value as Manifest;
    if (!manifest.format.startsWith("holotable-scene/")) throw wrongFormat(manifest.format);
    return placedManifest(manifest, this.correction);
  }

  async structure(manifest: Manifest): Promise<Structure> {
    const value: unknown = await (
      await this.request("structure.json", hashOf(manifest, "structure.json"))
    ).json();
    // `as`: see above.
    const file = value as StructureFile;
    if (!file.format.startsWith("holotable-structure/")) throw wrongFormat(file.format);
    return new Structure(placedStructure(file, manifest.placement ?? AS_READ));
  }

  private async request(
    file: string,
    hash?: string,
    signal?: AbortSignal,
    range?: { readonly offset: number; readonly bytes: number },
    fresh = false,
  ): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(this.api.sceneUrl(this.revisionId, file, hash ?? null), {
        credentials: "same-origin",
        signal: signal ?? null,
        cache: fresh ? "reload" : "default",
        headers: {
          ...this.api.authorization(),
          ...(range ? { Range: `bytes=${range.offset}-${range.offset + range.bytes - 1}` } : {}),
        },
      });
    } catch (cause) {
      const error = new ApiError({
        title: t("problem.noConnection"),
        status: 0,
        detail: t("problem.fileNoAnswer", { file }),
        code: "unreachable",
      });
      error.cause = cause;
      throw error;
    }
    if (response.ok) return response;
    throw new ApiError({
      title: t("problem.error", { status: response.status }),
      status: response.status,
      detail: t("problem.fileAnswered", { file, status: response.status }),
      code: `http_${response.status}`,
    });
  }
}

function wrongFormat(format: string): ApiError {
  return new ApiError({
    title: t("problem.format"),
    status: 0,
    detail: t("problem.formatDetail", { format }),
    code: "unknown_format",
    remedy: t("problem.formatRemedy"),
  });
}

/** sha256 of a file as the manifest gives it, for immutable addresses. */
export function hashOf(manifest: Manifest, file: string): string | undefined {
  const entry = manifest.files?.[file];
  return typeof entry === "string" ? entry : entry?.sha256;
}
