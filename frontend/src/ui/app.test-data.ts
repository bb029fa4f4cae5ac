/** An application without a network, for components under test. */

import { createApi } from "../api/api";
import { Http } from "../api/http";
import type { Me } from "../api/types";
import { Store } from "../state/store";
import type { Theme } from "../state/workspace";
import { type App, appContext } from "./app";
import { InboxBadge } from "./inbox/badge";
import { Preferences } from "./preferences";
import { Router } from "./router";
import { Toasts } from "./toasts";
import { Uploads } from "./uploads";

/** The Svelte context that a page gives its components. */
export function testAppContext(): Map<symbol, App> {
  const api = createApi(
    new Http(
      () => undefined,
      () => Promise.reject(new TypeError("No network in tests.")),
    ),
  );
  return appContext({
    api,
    me: new Store<Me | null | undefined>(null),
    signedOut: new Store(false),
    router: new Router(),
    inbox: new InboxBadge(),
    toasts: new Toasts(),
    uploads: new Uploads(api),
    preferences: new Preferences({ getItem: () => null, setItem: () => undefined }),
    theme: new Store<Theme>("light"),
    ports: {
      startViewer: () => Promise.resolve({ stop: () => undefined }),
      startLive: () => Promise.resolve({ stop: () => undefined }),
      waitAtDoor: () => Promise.resolve({ stop: () => undefined }),
    },
    testHooks: false,
  });
}
