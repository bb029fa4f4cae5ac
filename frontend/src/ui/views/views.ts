/**
 * The saved views of one viewer page and its links: fetches and keeps them, brings them onto the table, and says
 * politely what could not be followed.
 */

import { getContext, setContext } from "svelte";
import type { Api } from "../../api/api";
import type { ApiError } from "../../api/http";
import type { SavedViewRow } from "../../api/viewpoints";
import type { Commands } from "../../state/commands";
import { t } from "../../state/messages";
import { Store } from "../../state/store";
import {
  type Viewpoint,
  capture,
  compact,
  originOf,
  structureHash,
  toCamera,
} from "../../state/viewpoint";
import { type Localised, localise } from "../../state/viewpoint_parts";
import type { RevisionRef, Workspace } from "../../state/workspace";
import { toApiError } from "../resource.svelte";
import { paths } from "../router";
import type { Toasts } from "../toasts";
import {
  INLINE_CHARACTERS,
  LONGEST_CHARACTERS,
  LinkProblem,
  type LinkReason,
  decodeViewpoint,
  encodeViewpoint,
  readAny,
  readFragment,
} from "./link";

/** What the views of a page need. */
export interface ViewsHost {
  readonly workspace: Workspace;
  readonly commands: Commands;
  readonly api: Api;
  readonly toasts: Toasts;
  readonly revision: RevisionRef;
  /** Ids of the asset's revisions: a view of another asset is none for here. */
  readonly revisionIds: readonly string[];
  /** A small picture of the canvas; null where there is none. */
  thumbnail(): Promise<Blob | null>;
}

export class Views {
  /** In the order of the agenda; null: not fetched yet. */
  readonly rows = new Store<readonly SavedViewRow[] | null>(null);
  readonly problem = new Store<ApiError | null>(null);
  /** The row for a new name is open. */
  readonly naming = new Store(false);
  private readonly host: ViewsHost;
  private lastMove: Promise<unknown> = Promise.resolve();
  private moving = 0;

  constructor(host: ViewsHost) {
    this.host = host;
    this.rows.subscribe((rows) =>
      host.workspace.savedViews.set(
        rows &&
          rows.map(({ id, name, folder, thumbnail_url: thumbnail }) => ({
            ...{ id, name, folder },
            ...(thumbnail === null ? {} : { thumbnail }),
          })),
      ),
    );
  }

  async reload(): Promise<void> {
    const { api, revision } = this.host;
    try {
      this.rows.set(arranged(await api.viewpoints(revision.projectId, revision.assetId)));
      this.problem.set(null);
    } catch (error) {
      this.problem.set(toApiError(error));
    }
  }

  /** A name that is not taken. */
  defaultName(): string {
    const names = new Set((this.rows.get() ?? []).map(({ name }) => name));
    for (let number = names.size + 1; ; number += 1) {
      const name = t("views.defaultName", { number });
      if (!names.has(name)) return name;
    }
  }

  /** What is on the screen, as it is stored. */
  seen(): Viewpoint {
    const { workspace } = this.host;
    const hidden = workspace.structure.get()?.hiddenByFile.toJSON() ?? [];
    const seen = capture(workspace);
    const eye = workspace.eye.get();
    // Who is in a headset sees something else than the page does.
    const camera = eye && toCamera(eye.pose(), originOf(workspace));
    return compact(camera ? { ...seen, camera } : seen, hidden);
  }

  /** Keeps what is on the screen under a name. */
  async save(name: string, folder = ""): Promise<void> {
    await this.attempt(async () => {
      const { api, revision, workspace } = this.host;
      const content = this.seen();
      const thumbnail = await this.picture();
      const { view } = await api.createViewpoint(revision.projectId, {
        content,
        name,
        folder,
        immutable: false,
        ...(thumbnail === null ? {} : { thumbnail }),
      });
      this.rows.update((rows) => arranged([...(rows ?? []), view]));
      workspace.announce(t("views.saved", { name: view.name }));
    });
  }

  /** Shows a saved view. */
  async open(id: string): Promise<void> {
    await this.attempt(async () => {
      const { view } = await this.host.api.viewpoint(id);
      await this.apply(readAny(view.content), { id, name: view.name });
    });
  }

  /** Replaces what a view shows by what is on the screen. */
  async replace(row: SavedViewRow): Promise<void> {
    await this.attempt(async () => {
      const { etag } = await this.host.api.viewpoint(row.id);
      const thumbnail = await this.picture();
      const content = this.seen();
      await this.change(row, { content, ...(thumbnail === null ? {} : { thumbnail }) }, etag);
      this.host.workspace.announce(t("views.updated", { name: row.name }));
    });
  }

  async rename(row: SavedViewRow, name: string): Promise<void> {
    if (name.trim() && name !== row.name) await this.attempt(() => this.change(row, { name }));
  }

  async file(row: SavedViewRow, folder: string): Promise<void> {
    if (folder !== row.folder) await this.attempt(() => this.change(row, { folder }));
  }

  /** Puts a view behind another in the agenda, into that folder; null: before all. */
  async move(row: SavedViewRow, afterId: string | null, folder = row.folder): Promise<void> {
    if (afterId === row.id) return;
    const before = this.rows.get();
    const others = (before ?? []).filter(({ id }) => id !== row.id);
    const at = afterId === null ? 0 : others.findIndex(({ id }) => id === afterId) + 1;
    // At once, so that the list follows the key; the server's places come after.
    const moved = { ...row, folder };
    const now = arranged([...others.slice(0, at), moved, ...others.slice(at)]);
    this.rows.set(now);
    const place = now.indexOf(moved) + 1;
    this.host.workspace.announce(
      t("views.moved", { name: row.name, at: place, count: now.length }),
    );
    const change = folder === row.folder ? { after_id: afterId } : { after_id: afterId, folder };
    // One after the other: two quick keys are two requests, and each names its neighbour of the moment.
    this.moving += 1;
    const moving = this.lastMove.then(() =>
      this.attempt(async () => {
        await this.host.api.changeViewpoint(row.id, change);
      }),
    );
    this.lastMove = moving;
    const kept = await moving;
    this.moving -= 1;
    // Those that wait know more than the server.
    if (this.moving > 0) return;
    if (kept) await this.reload();
    else this.rows.set(before);
  }

  /** One place up or down; beyond the end of a folder, into the next one. */
  async shift(row: SavedViewRow, by: 1 | -1): Promise<void> {
    const rows = this.rows.get() ?? [];
    const at = rows.findIndex(({ id }) => id === row.id);
    const beside = rows[at + by];
    if (at < 0 || !beside) return;
    const idAt = (index: number): string | null => rows[index]?.id ?? null;
    if (beside.folder !== row.folder)
      await this.move(row, by < 0 ? beside.id : idAt(at - 1), beside.folder);
    else await this.move(row, by < 0 ? idAt(at - 2) : beside.id);
  }

  /** Deletes a view; the notice creates it again. */
  async remove(row: SavedViewRow): Promise<void> {
    await this.attempt(async () => {
      const { api, toasts, revision } = this.host;
      const { view } = await api.viewpoint(row.id);
      await api.deleteViewpoint(row.id);
      const rows = this.rows.get() ?? [];
      const before = rows[rows.findIndex(({ id }) => id === row.id) - 1]?.id ?? null;
      this.rows.set(rows.filter(({ id }) => id !== row.id));
      const restore = async (): Promise<void> => {
        const made = await api.createViewpoint(revision.projectId, {
          content: readAny(view.content),
          name: view.name,
          folder: view.folder,
          immutable: false,
        });
        await api.changeViewpoint(made.view.id, { after_id: before });
        await this.reload();
      };
      toasts.show(t("views.deleted", { name: row.name }), {
        action: { label: t("action.undo"), run: () => void this.attempt(restore) },
      });
    });
  }

  /** Brings a viewpoint onto the table, from whichever revision it is. @throws LinkProblem */
  async apply(
    viewpoint: Viewpoint,
    view: { id: string | null; name: string } | null,
    animate = true,
  ): Promise<void> {
    const { workspace, commands } = this.host;
    const { viewpoint: here, newer, gone } = await this.localised(viewpoint);
    commands.run("view.apply", {
      viewpoint: here,
      view,
      newer,
      choice: workspace.viewChoice.get(),
      animate,
    });
    if (gone > 0) this.host.toasts.show(t("view.gone", { count: gone }));
    else if (view) workspace.announce(t("view.shown", { name: view.name }));
  }

  /** Follows the part of an address behind `#`; what cannot be followed is said, and the model stays as it is. */
  async follow(hash: string): Promise<void> {
    const fragment = readFragment(hash);
    if (fragment.kind === "none") return;
    try {
      if (fragment.kind === "inline") {
        await this.apply(await decodeViewpoint(fragment.text), null, false);
        return;
      }
      const { view } = await this.host.api.viewpoint(fragment.id);
      if (view.asset_id !== this.host.revision.assetId) throw new LinkProblem("foreign");
      const name = view.name || null;
      const shown = view.immutable || name === null ? null : { id: view.id, name };
      await this.apply(readAny(view.content), shown, false);
    } catch (error) {
      this.host.toasts.show(t(`link.${reasonOf(error)}`), { kind: "error" });
    }
  }

  /** The address of exactly what is on the screen. */
  async link(viewpoint = this.seen()): Promise<{ url: string; long: boolean }> {
    const { api, revision } = this.host;
    const page = `${location.origin}${paths.viewer(revision.assetId, revision.label)}`;
    const text = await encodeViewpoint(viewpoint);
    if (text !== null && text.length <= INLINE_CHARACTERS)
      return { url: `${page}#v=${text}`, long: false };
    try {
      const { view } = await api.createViewpoint(revision.projectId, {
        content: viewpoint,
        immutable: true,
        name: "",
        folder: "",
      });
      return { url: `${page}#view=${view.id}`, long: false };
    } catch (error) {
      // Those who may not keep views on the server carry them along.
      if (text === null || text.length > LONGEST_CHARACTERS) throw error;
      return { url: `${page}#v=${text}`, long: true };
    }
  }

  async copyLink(made: Promise<{ url: string; long: boolean }> = this.link()): Promise<void> {
    const { toasts } = this.host;
    try {
      const { url, long } = await made;
      if (!isSecureContext || !("clipboard" in navigator)) {
        history.replaceState(null, "", url);
        toasts.show(t("link.selected"));
        return;
      }
      await navigator.clipboard.writeText(url);
      const size = Math.ceil(url.length / 1024);
      toasts.show(long ? t("link.copiedLong", { size }) : t("link.copied"), { kind: "ok" });
    } catch (error) {
      toasts.show(t("link.failed", { reason: toApiError(error).message }), { kind: "error" });
    }
  }

  /** The link to a saved view: it follows the view when that is replaced. */
  linkTo(row: SavedViewRow): Promise<{ url: string; long: boolean }> {
    const { revision } = this.host;
    const page = `${location.origin}${paths.viewer(revision.assetId, revision.label)}`;
    return Promise.resolve({ url: `${page}#view=${row.id}`, long: false });
  }

  private async localised(viewpoint: Viewpoint): Promise<Localised> {
    const { workspace, api, revision, revisionIds } = this.host;
    const [structure, manifest] = [workspace.structure.get(), workspace.manifest.get()];
    if (!structure || !manifest) throw new LinkProblem("broken");
    if (!revisionIds.includes(viewpoint.revision_id)) throw new LinkProblem("foreign");
    const mine = structureHash(manifest);
    const theirs = viewpoint.structure ?? null;
    const same = theirs === null ? viewpoint.revision_id === revision.revisionId : theirs === mine;
    if (same) return localise(viewpoint, structure, null);
    try {
      const found = await api.correspondence(revision.revisionId, viewpoint.revision_id, theirs);
      return localise(viewpoint, structure, found);
    } catch (error) {
      if (toApiError(error).code !== "unknown_revision") throw error;
      this.host.toasts.show(t("link.otherScene"), { kind: "error" });
      const { format, revision_id, camera } = viewpoint;
      return localise({ format, revision_id, camera: camera ?? null }, structure, null);
    }
  }

  private async picture(): Promise<string | null> {
    const blob = await this.host.thumbnail();
    return blob && toBase64(new Uint8Array(await blob.arrayBuffer()));
  }

  private async change(
    row: SavedViewRow,
    change: Parameters<Api["changeViewpoint"]>[1],
    etag: string | null = null,
  ): Promise<void> {
    const { view } = await this.host.api.changeViewpoint(row.id, change, etag);
    this.rows.update(
      (rows) => rows && arranged(rows.map((old) => (old.id === row.id ? view : old))),
    );
  }

  /** Does it, or says why not. True when it was done. */
  private async attempt(act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      if (error instanceof LinkProblem) {
        this.host.toasts.show(t(`link.${error.reason}`), { kind: "error" });
        return false;
      }
      const problem = toApiError(error);
      const stale = problem.status === 412;
      if (stale || problem.status === 404) await this.reload();
      const text = stale
        ? t("views.stale")
        : [problem.message, problem.remedy].filter(Boolean).join(" ");
      this.host.toasts.show(text, { kind: "error" });
      return false;
    }
  }
}

/** Views of one folder together, folders in the order of their first view: the agenda as it is read. */
export function arranged(rows: readonly SavedViewRow[]): readonly SavedViewRow[] {
  const folders = [...new Set(rows.map(({ folder }) => folder))];
  return folders.flatMap((name) => rows.filter(({ folder }) => folder === name));
}

function reasonOf(error: unknown): LinkReason {
  if (error instanceof LinkProblem) return error.reason;
  const { status } = toApiError(error);
  if (status === 404 || status === 410) return "gone";
  return status === 401 || status === 403 ? "forbidden" : "broken";
}

function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

const KEY = Symbol("views");

export function provideViews(views: Views): void {
  setContext(KEY, views);
}

export function useViews(): Views {
  return getContext<Views>(KEY);
}
