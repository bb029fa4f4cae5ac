/** The files of another revision, to be laid beside the one that is open. */

import type { LayerFiles } from "../scene/layer_host";
import { ScenePackage } from "./package";
import type { Sources } from "./ports";

/** Reads what a layer needs before it can be drawn. Rejects as the server says. */
export async function openLayer({ api }: Sources, revisionId: string): Promise<LayerFiles> {
  const revision = await api.revision(revisionId);
  const asset = await api.asset(revision.asset_id);
  const { placement } = revision;
  const files = new ScenePackage(
    api,
    revisionId,
    placement ? { unit: placement.unit ?? null, up_axis: placement.up_axis ?? null } : null,
  );
  const manifest = await files.manifest();
  return {
    name: asset.name,
    label: revision.label,
    manifest,
    structure: await files.structure(manifest),
    fetchScene: (file, hash, signal, range, fresh) => files.fetch(file, hash, signal, range, fresh),
  };
}
