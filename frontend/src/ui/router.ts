/** Addresses of the pages (UX.md §1.2) and moving between them without a reload. */

import { type Readable, Store } from "../state/store";

/** Tabs of a project page. */
export const PROJECT_TABS = [
  "assets",
  "issues",
  "reviews",
  "sessions",
  "members",
  "links",
  "settings",
  "trash",
] as const;
export type ProjectTab = (typeof PROJECT_TABS)[number];

/** Where we are. */
export type Route =
  | { readonly screen: "setup"; readonly key: string | null }
  | { readonly screen: "signin"; readonly next: string }
  | { readonly screen: "go" }
  | { readonly screen: "projects" }
  | { readonly screen: "search"; readonly query: string }
  | {
      readonly screen: "project";
      readonly projectId: string;
      readonly tab: ProjectTab;
      readonly folderId: string | null;
      readonly upload: boolean;
    }
  | { readonly screen: "issue"; readonly projectId: string; readonly number: number }
  | {
      readonly screen: "asset";
      readonly projectId: string;
      readonly assetId: string;
      readonly label: string | null;
    }
  | { readonly screen: "review"; readonly projectId: string; readonly reviewId: string }
  | {
      readonly screen: "viewer";
      readonly assetId: string;
      readonly label: string;
      /** Label or id of the revision it is compared with. */
      readonly compare: string | null;
      /** Number of an issue, or id of a comment, to open there. */
      readonly issue: string | null;
    }
  | { readonly screen: "embed"; readonly assetId: string; readonly label: string }
  | { readonly screen: "live"; readonly sessionId: string; readonly code: string | null }
  | { readonly screen: "minutes"; readonly sessionId: string }
  | {
      readonly screen: "replay";
      readonly sessionId: string;
      /** null: the first recording of the session. */
      readonly recordingId: string | null;
      /** Seconds since its beginning. */
      readonly at: number;
    }
  | { readonly screen: "share"; readonly secret: string }
  | { readonly screen: "inbox" }
  | { readonly screen: "me" }
  | { readonly screen: "trash" }
  | { readonly screen: "help" }
  | { readonly screen: "unknown"; readonly path: string };

/** Reads an address. */
export function readRoute(url: URL): Route {
  const steps = url.pathname.split("/").filter(Boolean).map(decodeURIComponent);
  const [first, second, third, fourth, fifth, sixth] = steps;
  const query = url.searchParams;
  const unknown: Route = { screen: "unknown", path: url.pathname };
  switch (first) {
    case undefined:
      return { screen: "projects" };
    case "setup":
      return { screen: "setup", key: query.get("k") };
    case "signin":
      return { screen: "signin", next: localPath(query.get("next")) };
    case "go":
      return { screen: "go" };
    case "search":
      return { screen: "search", query: query.get("q") ?? "" };
    case "inbox":
      return { screen: "inbox" };
    case "help":
      return { screen: "help" };
    case "trash":
      return { screen: "trash" };
    case "settings":
      return second === "me" ? { screen: "me" } : unknown;
    case "s":
      return second ? { screen: "share", secret: second } : unknown;
    case "live":
      if (second && third === "minutes") return { screen: "minutes", sessionId: second };
      if (second && third === "replay")
        return {
          screen: "replay",
          sessionId: second,
          recordingId: query.get("r"),
          // `at` is how minutes of the first days wrote it.
          at: Math.max(0, Number(query.get("t") ?? query.get("at")) || 0),
        };
      return second ? { screen: "live", sessionId: second, code: query.get("k") } : unknown;
    case "v":
      return second && third
        ? {
            screen: "viewer",
            assetId: second,
            label: third,
            compare: query.get("compare"),
            issue: query.get("issue"),
          }
        : unknown;
    case "embed":
      return second === "v" && third && fourth
        ? { screen: "embed", assetId: third, label: fourth }
        : unknown;
    case "p": {
      if (!second) return unknown;
      if (third === "a" && fourth)
        return {
          screen: "asset",
          projectId: second,
          assetId: fourth,
          label: fifth === "r" ? (sixth ?? null) : null,
        };
      if (third === "reviews" && fourth)
        return { screen: "review", projectId: second, reviewId: fourth };
      if (third === "issues" && fourth)
        return /^[1-9]\d{0,8}$/.test(fourth)
          ? { screen: "issue", projectId: second, number: Number(fourth) }
          : unknown;
      const tab = PROJECT_TABS.find((candidate) => candidate === (third ?? "assets"));
      if (!tab && third !== "upload") return unknown;
      return {
        screen: "project",
        projectId: second,
        tab: tab ?? "assets",
        folderId: query.get("folder"),
        upload: third === "upload",
      };
    }
    default:
      return unknown;
  }
}

/** A path on this server, whatever a link claims: `//evil.example` and `https:` become `/`. */
export function localPath(path: string | null): string {
  return path && /^\/(?![/\\])/.test(path) ? path : "/";
}

/** Holds a move up: true when it asks first, and calls `goOn` if the answer is yes. */
export type Guard = (goOn: () => void) => boolean;

function addressNow(): string {
  return location.pathname + location.search + location.hash;
}

/** Moves between pages and tells where we are. */
export class Router {
  private readonly store: Store<Route>;
  readonly route: Readable<Route>;
  private guards: readonly Guard[] = [];
  /** The address of what is shown. */
  private here = addressNow();

  constructor() {
    this.store = new Store<Route>(readRoute(new URL(location.href)));
    this.route = this.store;
    addEventListener("popstate", () => this.onPop());
    document.addEventListener("click", (event) => this.onClick(event));
  }

  /** Goes to a page of ours. */
  go(path: string, options: { replace?: boolean } = {}): void {
    if (!this.isHeld(() => this.move(path, options))) this.move(path, options);
  }

  /** Asks before this page is left: whoever holds the move up goes on with it, or does not. Returns the way to stop. */
  guard(guard: Guard): () => void {
    this.guards = [...this.guards, guard];
    return () => {
      this.guards = this.guards.filter((other) => other !== guard);
    };
  }

  private move(path: string, options: { replace?: boolean }): void {
    if (options.replace) history.replaceState(null, "", path);
    else history.pushState(null, "", path);
    this.read();
    if (!options.replace) scrollTo(0, 0);
  }

  /** Changes the address bar alone: the page stays as it is. */
  rename(path: string): void {
    history.replaceState(null, "", path);
    this.here = addressNow();
  }

  private isHeld(goOn: () => void): boolean {
    return this.guards.some((guard) => guard(goOn));
  }

  /** The browser has changed the address already: what is shown gets its own back while somebody asks. */
  private onPop(): void {
    const [there, here] = [addressNow(), this.here];
    if (!this.isHeld(() => this.move(there, {}))) this.read();
    else history.pushState(null, "", here);
  }

  private read(): void {
    this.here = addressNow();
    this.store.set(readRoute(new URL(location.href)));
  }

  /** Plain clicks on our own links stay in the page; new tabs, downloads and the API do not. */
  private onClick(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const target = event.target instanceof Element ? event.target.closest("a") : null;
    if (!target?.href || target.target || target.hasAttribute("download")) return;
    const url = new URL(target.href);
    if (url.origin !== location.origin || url.pathname.startsWith("/api/")) return;
    event.preventDefault();
    this.go(url.pathname + url.search + url.hash);
  }
}

/** Addresses, so that no component spells them twice. */
export const paths = {
  project: (id: string, tab: ProjectTab = "assets"): string =>
    tab === "assets" ? `/p/${id}` : `/p/${id}/${tab}`,
  folder: (projectId: string, folderId: string | null): string =>
    folderId ? `/p/${projectId}?folder=${folderId}` : `/p/${projectId}`,
  asset: (projectId: string, assetId: string): string => `/p/${projectId}/a/${assetId}`,
  review: (projectId: string, reviewId: string): string => `/p/${projectId}/reviews/${reviewId}`,
  issue: (projectId: string, number: number): string => `/p/${projectId}/issues/${number}`,
  /** An issue (its number) or a comment (its id) on a revision. */
  issueOn: (assetId: string, label: string, issue: number | string): string =>
    `/v/${assetId}/${encodeURIComponent(label)}?issue=${encodeURIComponent(issue)}`,
  viewer: (assetId: string, label: string): string => `/v/${assetId}/${encodeURIComponent(label)}`,
  /** The new revision, compared with the old one; at the first change, say, and with the way back to a review. */
  compare: (
    assetId: string,
    label: string,
    old: string,
    at: { readonly change?: number; readonly review?: string } = {},
  ): string => {
    const query = new URLSearchParams({ compare: old });
    if (at.change !== undefined) query.set("change", String(at.change));
    if (at.review !== undefined) query.set("review", at.review);
    return `/v/${assetId}/${encodeURIComponent(label)}?${query.toString()}`;
  },
  live: (sessionId: string): string => `/live/${sessionId}`,
  minutes: (sessionId: string): string => `/live/${sessionId}/minutes`,
  replay: (sessionId: string, recordingId: string, at = 0): string =>
    `/live/${sessionId}/replay?r=${recordingId}${at > 0 ? `&t=${String(at)}` : ""}`,
  signIn: (next: string): string => `/signin?next=${encodeURIComponent(next)}`,
};
