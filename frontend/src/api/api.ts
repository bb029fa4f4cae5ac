/** The REST interface as functions, one per thing the pages do, over the generated schema. */

import createClient from "openapi-fetch";
import type { Http } from "./http";
import type { components, paths } from "./schema";
import type { Asset, Device, Me, MemberRole, Revision, TrashItem } from "./types";
import { inboxApi } from "./inbox";
import { drawingApi } from "./drawings";
import { bcfApi } from "./bcf";
import { exportApi } from "./exports";
import { issueApi } from "./issues";
import { compareApi } from "./compare";
import { partsApi } from "./parts";
import { recordingApi } from "./recordings";
import { reviewApi } from "./reviews";
import { viewpointApi } from "./viewpoints";
import { webhookApi } from "./webhooks";
import { type UploadProgress, postForm } from "./upload";

type Schemas = components["schemas"];

/** Follows one upload. */
export interface UploadOptions {
  readonly onProgress: (progress: UploadProgress) => void;
  readonly signal: AbortSignal;
}

/** One page of a list. */
interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor?: string | null | undefined;
}

/** The body of a success: `Http.send` throws for everything else. */
async function body<T>(answer: Promise<{ data?: T | undefined }>): Promise<T> {
  const { data } = await answer;
  if (data === undefined) throw new TypeError("The server's answer has no body.");
  return data;
}

/** For answers without a body. */
async function done(answer: Promise<unknown>): Promise<void> {
  await answer;
}

/** Every page of a list. */
async function all<T>(page: (cursor: string | null) => Promise<{ data?: Page<T> }>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const answer: Page<T> = await body(page(cursor));
    items.push(...answer.items);
    cursor = answer.next_cursor ?? null;
  } while (cursor !== null);
  return items;
}

/** Builds the interface over one connection. */
export function createApi(http: Http) {
  const client = createClient<paths>({
    baseUrl: globalThis.location?.origin ?? "",
    fetch: http.send,
  });
  const { GET, POST, PUT, PATCH, DELETE } = client;
  const id = <Name extends string>(name: Name, value: string) => ({
    // `as`: a computed key widens to string.
    params: { path: { [name]: value } as Record<Name, string> },
  });
  const LIMIT = 200;
  const project = (projectId: string) => id("project_id", projectId);
  const asset = (assetId: string) => id("asset_id", assetId);
  const revision = (revisionId: string) => id("revision_id", revisionId);
  const session = (sessionId: string) => id("session_id", sessionId);
  const enter = <T extends Me>(me: T): T => {
    http.useCsrfToken(me.csrf_token ?? null);
    return me;
  };

  return {
    // Who
    setupState: () => body(GET("/api/v1/setup")),
    setup: async (owner: Schemas["SetupRequest"]) =>
      enter(await body(POST("/api/v1/setup", { body: owner }))),
    signIn: async (login: string, password: string) =>
      enter(await body(POST("/api/v1/login", { body: { login, password } }))),
    signOut: async () => {
      await POST("/api/v1/logout");
      http.useCsrfToken(null);
    },
    me: async () => enter(await body(GET("/api/v1/me"))),
    changePassword: (change: Schemas["PasswordRequest"]) =>
      done(PUT("/api/v1/me/password", { body: change })),
    tokens: async () => (await body(GET("/api/v1/tokens"))).items,
    createToken: (token: Schemas["TokenRequest"]) => body(POST("/api/v1/tokens", { body: token })),
    deleteToken: (tokenId: string) =>
      done(DELETE("/api/v1/tokens/{token_id}", id("token_id", tokenId))),
    /** Where VR is possible, and how to recognise it. */
    https: () => body(GET("/api/v1/https")),
    /** A code for this headset to show. */
    offerPairing: () => body(POST("/api/v1/pairings")),
    /** What became of it. */
    pairingAnswer: async (secret: string) => {
      const answer = await body(POST("/api/v1/pairings/answer", { body: { secret } }));
      return answer.state === "signed_in" ? enter(answer) : answer;
    },
    waitingDevice: (code: string) => body(POST("/api/v1/devices/waiting", { body: { code } })),
    allowDevice: (code: string) => body(POST("/api/v1/devices", { body: { code } })),
    devices: async () => (await body(GET("/api/v1/devices"))).items,
    deviceEvents: async () => (await body(GET("/api/v1/devices/events"))).items,
    removeDevice: (deviceId: string) =>
      done(DELETE("/api/v1/devices/{device_id}", id("device_id", deviceId))),
    createUser: (user: Schemas["UserRequest"]) => body(POST("/api/v1/users", { body: user })),

    // Projects
    projects: () =>
      all((cursor) => GET("/api/v1/projects", { params: { query: { cursor, limit: LIMIT } } })),
    project: (projectId: string) => body(GET("/api/v1/projects/{project_id}", project(projectId))),
    createProject: (fields: Schemas["ProjectRequest"]) =>
      body(POST("/api/v1/projects", { body: fields })),
    changeProject: (projectId: string, change: Schemas["ProjectPatch"]) =>
      body(PATCH("/api/v1/projects/{project_id}", { ...project(projectId), body: change })),
    trashProject: (projectId: string) =>
      done(DELETE("/api/v1/projects/{project_id}", project(projectId))),
    members: async (projectId: string) =>
      (await body(GET("/api/v1/projects/{project_id}/members", project(projectId)))).items,
    addMember: (projectId: string, member: Schemas["MemberRequest"]) =>
      body(POST("/api/v1/projects/{project_id}/members", { ...project(projectId), body: member })),
    setRole: (projectId: string, principalId: string, role: MemberRole) =>
      body(
        PUT("/api/v1/projects/{project_id}/members/{principal_id}", {
          params: { path: { project_id: projectId, principal_id: principalId } },
          body: { role },
        }),
      ),
    removeMember: (projectId: string, principalId: string) =>
      done(
        DELETE("/api/v1/projects/{project_id}/members/{principal_id}", {
          params: { path: { project_id: projectId, principal_id: principalId } },
        }),
      ),
    search: (q: string) => body(GET("/api/v1/search", { params: { query: { q } } })),

    // Folders, assets, trash
    folders: async (projectId: string) =>
      (await body(GET("/api/v1/projects/{project_id}/folders", project(projectId)))).items,
    createFolder: (projectId: string, folder: Schemas["FolderRequest"]) =>
      body(POST("/api/v1/projects/{project_id}/folders", { ...project(projectId), body: folder })),
    changeFolder: (folderId: string, change: Schemas["FolderPatch"]) =>
      body(PATCH("/api/v1/folders/{folder_id}", { ...id("folder_id", folderId), body: change })),
    trashFolder: (folderId: string) =>
      done(DELETE("/api/v1/folders/{folder_id}", id("folder_id", folderId))),
    assets: (projectId: string) =>
      all((cursor) =>
        GET("/api/v1/projects/{project_id}/assets", {
          params: { path: { project_id: projectId }, query: { cursor, limit: LIMIT } },
        }),
      ),
    asset: (assetId: string) => body(GET("/api/v1/assets/{asset_id}", asset(assetId))),
    changeAsset: (assetId: string, change: Schemas["AssetPatch"]) =>
      body(PATCH("/api/v1/assets/{asset_id}", { ...asset(assetId), body: change })),
    trashAsset: (assetId: string) => done(DELETE("/api/v1/assets/{asset_id}", asset(assetId))),
    trash: async () => (await body(GET("/api/v1/trash"))).items,
    restore: ({ kind, id: itemId }: Pick<TrashItem, "kind" | "id">) => {
      switch (kind) {
        case "project":
          return done(POST("/api/v1/projects/{project_id}/restore", project(itemId)));
        case "folder":
          return done(POST("/api/v1/folders/{folder_id}/restore", id("folder_id", itemId)));
        case "asset":
          return done(POST("/api/v1/assets/{asset_id}/restore", asset(itemId)));
        case "issue":
          return done(POST("/api/v1/issues/{issue_id}/restore", id("issue_id", itemId)));
      }
    },

    // Revisions
    revisions: (assetId: string) =>
      all((cursor) =>
        GET("/api/v1/assets/{asset_id}/revisions", {
          params: { path: { asset_id: assetId }, query: { cursor, limit: LIMIT } },
        }),
      ),
    revision: (revisionId: string) =>
      body(GET("/api/v1/revisions/{revision_id}", revision(revisionId))),
    changeRevision: (revisionId: string, change: Schemas["RevisionPatch"]) =>
      body(PATCH("/api/v1/revisions/{revision_id}", { ...revision(revisionId), body: change })),
    cancelRevision: (revisionId: string) =>
      done(POST("/api/v1/revisions/{revision_id}/cancel", revision(revisionId))),
    /** allowMissing: go on without the files that the source names and that are not there. */
    retryRevision: (revisionId: string, allowMissing: boolean | null = null) =>
      done(
        POST("/api/v1/revisions/{revision_id}/retry", {
          ...revision(revisionId),
          body: { allow_missing: allowMissing },
        }),
      ),
    /** Adds the files that a conversion ended for want of, and converts again. */
    addMissingFiles: (
      revisionId: string,
      files: readonly File[],
      onProgress: (progress: UploadProgress) => void,
    ) => {
      const form = new FormData();
      for (const file of files) form.append("file", file);
      return postForm<Revision>(
        http,
        `/revisions/${revisionId}/files`,
        form,
        onProgress,
        new AbortController().signal,
      );
    },
    uploadAsset: (
      projectId: string,
      fields: { file: File; name?: string; folderId?: string | null },
      options: UploadOptions,
    ) => {
      const form = new FormData();
      if (fields.name) form.set("name", fields.name);
      if (fields.folderId) form.set("folder_id", fields.folderId);
      form.set("allow_missing", "false"); // ask, rather than show half a model
      // The file last: a streaming reader then knows the fields before the bytes arrive.
      form.set("file", fields.file);
      return postForm<{ asset: Asset; revision: Revision }>(
        http,
        `/projects/${projectId}/uploads`,
        form,
        options.onProgress,
        options.signal,
      );
    },
    uploadRevision: (
      assetId: string,
      fields: { file: File; note?: string },
      options: UploadOptions,
    ) => {
      const form = new FormData();
      if (fields.note) form.set("note", fields.note);
      form.set("allow_missing", "false");
      form.set("file", fields.file);
      return postForm<Revision>(
        http,
        `/assets/${assetId}/revisions`,
        form,
        options.onProgress,
        options.signal,
      );
    },
    logUrl: (revisionId: string) => http.url(`/revisions/${revisionId}/log`),
    sourceUrl: (revisionId: string) => http.url(`/revisions/${revisionId}/source`),
    sceneUrl: (revisionId: string, file: string, hash: string | null = null) =>
      http.url(`/revisions/${revisionId}/scene/${file}`, { h: hash }),
    occurrence: (revisionId: string, occurrenceId: string) =>
      body(
        GET("/api/v1/revisions/{revision_id}/occurrences/{occurrence_id}", {
          params: { path: { revision_id: revisionId, occurrence_id: occurrenceId } },
        }),
      ),
    projectEventsUrl: (projectId: string) => http.url(`/projects/${projectId}/events`),

    // Share links
    shareLinks: async (projectId: string) =>
      (await body(GET("/api/v1/projects/{project_id}/share-links", project(projectId)))).items,
    createShareLink: (projectId: string, link: Schemas["ShareLinkRequest"]) =>
      body(
        POST("/api/v1/projects/{project_id}/share-links", { ...project(projectId), body: link }),
      ),
    revokeShareLink: (linkId: string) =>
      done(DELETE("/api/v1/share-links/{share_link_id}", id("share_link_id", linkId))),
    openShareLink: (secret: string) => body(POST("/api/v1/share-links/open", { body: { secret } })),
    redeemShareLink: async (redeem: Schemas["RedeemRequest"]) =>
      enter(await body(POST("/api/v1/share-links/redeem", { body: redeem }))),

    ...issueApi(client, http),
    ...bcfApi(http),
    ...drawingApi(client, http),
    ...compareApi(client),
    ...partsApi(client),
    ...inboxApi(client),
    ...webhookApi(client),
    ...exportApi(client),
    ...reviewApi(client),
    ...viewpointApi(client),
    ...recordingApi(client),

    /** Exchanges a share link's secret for the right to look, without a cookie. */
    openEmbed: async (secret: string) => {
      const pass = await body(POST("/api/v1/share-links/embed", { body: { secret } }));
      http.useBearer(pass.token);
      return pass;
    },
    authorization: () => http.authorization(),

    // Sessions
    sessions: async (projectId: string) =>
      (await body(GET("/api/v1/projects/{project_id}/sessions", project(projectId)))).items,
    startSession: (projectId: string, start: Schemas["SessionRequest"]) =>
      body(POST("/api/v1/projects/{project_id}/sessions", { ...project(projectId), body: start })),
    session: (sessionId: string) => body(GET("/api/v1/sessions/{session_id}", session(sessionId))),
    sessionAgenda: (sessionId: string) =>
      body(GET("/api/v1/sessions/{session_id}/agenda", session(sessionId))),
    prepareAgenda: (sessionId: string, items: readonly Schemas["AgendaItem"][]) =>
      body(
        PUT("/api/v1/sessions/{session_id}/agenda", {
          ...session(sessionId),
          body: { items: [...items] },
        }),
      ),
    endSession: (sessionId: string) =>
      done(POST("/api/v1/sessions/{session_id}/end", session(sessionId))),
    sessionTicket: (sessionId: string, device: Device, signal: AbortSignal) =>
      body(
        POST("/api/v1/sessions/{session_id}/tickets", {
          ...{ ...session(sessionId), signal },
          body: { device },
        }),
      ),
    sessionVoice: (sessionId: string) =>
      body(GET("/api/v1/sessions/{session_id}/voice", session(sessionId))),
    tableTicket: (revisionId: string, device: Device, signal: AbortSignal) =>
      body(
        POST("/api/v1/revisions/{revision_id}/tickets", {
          ...{ ...revision(revisionId), signal },
          body: { device },
        }),
      ),
    /** Enters by code, by session, or, as a stranger without a name, learns what the code opens. */
    join: async (entry: Schemas["JoinRequest"]) => {
      const answer = await body(POST("/api/v1/join", { body: entry }));
      return "csrf_token" in answer ? enter(answer) : answer;
    },
  };
}

export type Api = ReturnType<typeof createApi>;
