/** What every page reaches through the Svelte context. */

import { getContext } from "svelte";
import type { Api } from "../api/api";
import type { Me } from "../api/types";
import type { Store } from "../state/store";
import type { Theme } from "../state/workspace";
import type { InboxBadge } from "./inbox/badge";
import type { Ports } from "./ports";
import type { Preferences } from "./preferences";
import type { Router } from "./router";
import type { Toasts } from "./toasts";
import type { Uploads } from "./uploads";

export interface App {
  readonly api: Api;
  /** null: not signed in; undefined: not asked yet. */
  readonly me: Store<Me | null | undefined>;
  /** The server forgot us while we were at work. */
  readonly signedOut: Store<boolean>;
  readonly router: Router;
  /** How much of my inbox is unread. */
  readonly inbox: InboxBadge;
  readonly toasts: Toasts;
  readonly uploads: Uploads;
  readonly preferences: Preferences;
  /** The theme on screen. */
  readonly theme: Store<Theme>;
  readonly ports: Ports;
  /** The server allows `window.__ux`. */
  readonly testHooks: boolean;
}

const KEY = Symbol("app");

/** For `mount`: what the root component and all below it reach with `useApp`. */
export function appContext(app: App): Map<symbol, App> {
  return new Map([[KEY, app]]);
}

export function useApp(): App {
  return getContext<App>(KEY);
}
