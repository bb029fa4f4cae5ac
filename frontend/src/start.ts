/** Builds the application, once the language is known; everything else receives what it needs. */

import "@fontsource-variable/inter";
import { mount } from "svelte";
import { createApi } from "./api/api";
import { Http } from "./api/http";
import type { Me } from "./api/types";
import { speakAs } from "./api/words";
import { shelf } from "./shelf";
import { t } from "./state/messages";
import { Store } from "./state/store";
import type { Theme } from "./state/workspace";
import App from "./ui/App.svelte";
import { appContext } from "./ui/app";
import "./ui/base.css";
import { explainClipped } from "./ui/clipped";
import { InboxBadge } from "./ui/inbox/badge";
import { Preferences, applyTheme } from "./ui/preferences";
import { Router } from "./ui/router";
import { Toasts } from "./ui/toasts";
import "./ui/tokens.css";
import { Uploads } from "./ui/uploads";
import { createPorts } from "./wiring/ports";

speakAs({
  noConnection: t("problem.noConnection"),
  noAnswer: t("problem.noAnswer"),
  checkNetwork: t("problem.checkNetwork"),
  unreadable: t("problem.unreadable"),
  unreadableUpload: t("problem.unreadableUpload"),
  retrySoon: t("problem.retrySoon"),
  error: (status) => t("problem.error", { status }),
  answered: (status) => t("problem.answered", { status }),
});
const signedOut = new Store(false);
const http = new Http(() => signedOut.set(true));
const api = createApi(http);
const preferences = new Preferences(shelf("localStorage"));
const theme = new Store<Theme>("light");
applyTheme(preferences, theme);
explainClipped(document);

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app.");

mount(App, {
  target,
  context: appContext({
    api,
    me: new Store<Me | null | undefined>(undefined),
    signedOut,
    router: new Router(),
    inbox: new InboxBadge(),
    toasts: new Toasts(),
    uploads: new Uploads(api),
    preferences,
    theme,
    ports: createPorts({ api, http }),
    testHooks:
      document.querySelector<HTMLMetaElement>('meta[name="holotable-test-hooks"]')?.content === "1",
  }),
});
