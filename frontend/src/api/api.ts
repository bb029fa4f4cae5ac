/** The REST interface as functions, one per thing the pages do. */

import { type Http, type RequestOptions } from "./http";
import { type UploadProgress, postForm } from "./upload";
import type {
  Asset,
  Capability,
  Folder,
  JoinPreview,
  Joined,
  List,
  Me,
  Member,
  MemberRole,
  OccurrenceDetail,
  OpenedShareLink,
  Project,
  Revision,
  SearchHit,
  Session,
  ShareLink,
  Ticket,
  Token,
  TrashItem,
  User,
} from "./types";

/** Follows one upload. */
export interface UploadOptions {
  readonly onProgress: (progress: UploadProgress) => void;
  readonly signal: AbortSignal;
}

/** Builds the interface over one connection. */
export function createApi(http: Http) {
  const get = <T>(path: string, query?: RequestOptions["query"]): Promise<T> =>
    http.json<T>("GET", path, query ? { query } : {});
  const post = <T>(path: string, body: unknown = {}): Promise<T> =>
    http.json<T>("POST", path, { body });
  const patch = <T>(path: string, body: unknown): Promise<T> =>
    http.json<T>("PATCH", path, { body });
  const act = async (method: "POST" | "DELETE", path: string): Promise<void> => {
    await http.send(method, path);
  };
  /** Every page of a list. */
  const all = async <T>(path: string, query: RequestOptions["query"] = {}): Promise<T[]> => {
    const items: T[] = [];
    let cursor: string | null = null;
    do {
      const page: List<T> = await get<List<T>>(path, { ...query, cursor });
      items.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor !== null);
    return items;
  };
  const enter = (me: Me): Me => {
    http.useCsrfToken(me.csrf_token);
    return me;
  };

  return {
    // Who
    setupState: () => get<{ needed: boolean; key_required: boolean }>("/setup"),
    setup: async (body: {
      name: string;
      login?: string;
      password: string;
      key?: string;
      load_sample?: boolean;
    }) => enter(await post<Me>("/setup", body)),
    signIn: async (login: string, password: string) =>
      enter(await post<Me>("/login", { login, password })),
    signOut: async () => {
      await act("POST", "/logout");
      http.useCsrfToken(null);
    },
    me: async () => enter(await get<Me>("/me")),
    tokens: () => all<Token>("/tokens"),
    createToken: (body: { name: string; scopes: string[]; expires_in_days?: number }) =>
      post<Token>("/tokens", body),
    deleteToken: (id: string) => act("DELETE", `/tokens/${id}`),
    users: () => all<User>("/users"),
    createUser: (body: { name: string; login: string; password: string }) =>
      post<User>("/users", body),

    // Projects
    projects: () => all<Project>("/projects"),
    project: (id: string) => get<Project>(`/projects/${id}`),
    createProject: (body: { name: string; description?: string }) =>
      post<Project>("/projects", body),
    changeProject: (id: string, body: { name?: string; description?: string }) =>
      patch<Project>(`/projects/${id}`, body),
    trashProject: (id: string) => act("DELETE", `/projects/${id}`),
    members: (id: string) => all<Member>(`/projects/${id}/members`),
    addMember: (id: string, body: { login: string; role: MemberRole }) =>
      post<Member>(`/projects/${id}/members`, body),
    setRole: (id: string, principalId: string, role: MemberRole) =>
      http.json<Member>("PUT", `/projects/${id}/members/${principalId}`, { body: { role } }),
    removeMember: (id: string, principalId: string) =>
      act("DELETE", `/projects/${id}/members/${principalId}`),
    search: (query: string) => get<List<SearchHit>>("/search", { q: query }),

    // Folders, assets, trash
    folders: (projectId: string) => all<Folder>(`/projects/${projectId}/folders`),
    createFolder: (projectId: string, body: { name: string; parent_id?: string | null }) =>
      post<Folder>(`/projects/${projectId}/folders`, body),
    changeFolder: (id: string, body: { name?: string; parent_id?: string | null }) =>
      patch<Folder>(`/folders/${id}`, body),
    trashFolder: (id: string) => act("DELETE", `/folders/${id}`),
    assets: (projectId: string) => all<Asset>(`/projects/${projectId}/assets`),
    asset: (id: string) => get<Asset>(`/assets/${id}`),
    changeAsset: (
      id: string,
      body: {
        name?: string;
        description?: string;
        part_number?: string | null;
        folder_id?: string | null;
      },
    ) => patch<Asset>(`/assets/${id}`, body),
    trashAsset: (id: string) => act("DELETE", `/assets/${id}`),
    trash: () => all<TrashItem>("/trash"),
    restore: (item: Pick<TrashItem, "kind" | "id">) =>
      act("POST", `/${item.kind}s/${item.id}/restore`),

    // Revisions
    revisions: (assetId: string) => all<Revision>(`/assets/${assetId}/revisions`),
    revision: (id: string) => get<Revision>(`/revisions/${id}`),
    changeRevision: (
      id: string,
      body: { note?: string; placement?: { unit?: string | null; up_axis?: string | null } },
    ) => patch<Revision>(`/revisions/${id}`, body),
    cancelRevision: (id: string) => act("POST", `/revisions/${id}/cancel`),
    retryRevision: (id: string) => act("POST", `/revisions/${id}/retry`),
    uploadAsset: (
      projectId: string,
      fields: { file: File; name?: string; folderId?: string | null },
      options: UploadOptions,
    ) => {
      const form = new FormData();
      if (fields.name) form.set("name", fields.name);
      if (fields.folderId) form.set("folder_id", fields.folderId);
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
    sceneUrl: (revisionId: string, file: string, hash?: string | null) =>
      http.url(`/revisions/${revisionId}/scene/${file}`, { h: hash }),
    occurrence: (revisionId: string, occurrenceId: string) =>
      get<OccurrenceDetail>(`/revisions/${revisionId}/occurrences/${occurrenceId}`),
    projectEventsUrl: (projectId: string) => http.url(`/projects/${projectId}/events`),

    // Share links
    shareLinks: (projectId: string) => all<ShareLink>(`/projects/${projectId}/share-links`),
    createShareLink: (
      projectId: string,
      body: {
        asset_id?: string | null;
        capability: Capability;
        label?: string;
        expires_in_days?: number;
        password?: string;
      },
    ) => post<ShareLink>(`/projects/${projectId}/share-links`, body),
    revokeShareLink: (id: string) => act("DELETE", `/share-links/${id}`),
    openShareLink: (secret: string) => post<OpenedShareLink>("/share-links/open", { secret }),
    redeemShareLink: async (body: { secret: string; name?: string; password?: string }) => {
      const answer = await post<Me & { open: string }>("/share-links/redeem", body);
      enter(answer);
      return answer;
    },

    // Sessions
    sessions: (projectId: string) => all<Session>(`/projects/${projectId}/sessions`),
    startSession: (projectId: string, body: { revision_id: string; name?: string }) =>
      post<Session>(`/projects/${projectId}/sessions`, body),
    session: (id: string) => get<Session>(`/sessions/${id}`),
    endSession: (id: string) => act("POST", `/sessions/${id}/end`),
    sessionTicket: (id: string, device: string) =>
      post<Ticket>(`/sessions/${id}/tickets`, { device }),
    tableTicket: (revisionId: string, device: string) =>
      post<Ticket>(`/revisions/${revisionId}/tickets`, { device }),
    /** What a code opens. Somebody who is signed in enters at once by it. */
    previewJoin: (code: string) => post<JoinPreview | (Me & Joined)>("/join", { code }),
    join: async (body: { code?: string; session_id?: string; name?: string }) => {
      const answer = await post<Me & Joined>("/join", body);
      enter(answer);
      return answer;
    },
  };
}

export type Api = ReturnType<typeof createApi>;
