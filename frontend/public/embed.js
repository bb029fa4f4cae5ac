/**
 * Holotable in your page: a frame and a few functions. No dependencies; copy it or load it from your server.
 * The protocol is `holotable-embed/1`, described in docs/embed.md; types are in embed.d.ts beside this file.
 */

const PROTOCOL = "holotable-embed/1";
const METHODS =
  "state find isolate hide show showAll ghost select fit view colour clearColours section clearSections explode " +
  "getCamera setCamera getViewpoint setViewpoint undo screenshot load";

/** A request that was not done; `code` is stable. */
export class HolotableError extends Error {
  constructor(code, message) {
    super(message);
    this.name = "HolotableError";
    this.code = code;
  }
}

/** Puts a viewer into an element; resolves when it can be talked to. */
export function embed(container, options) {
  const { server, asset, revision, token, viewpoint, view, compare, title = "3D model" } = options;
  const fragment = new URLSearchParams();
  if (token) fragment.set("t", token);
  if (viewpoint) fragment.set("v", viewpoint);
  if (view) fragment.set("view", view);
  const frame = document.createElement("iframe");
  frame.title = title;
  frame.allow = "fullscreen; clipboard-write; xr-spatial-tracking";
  // The server explains itself to sites that may not embed, and needs to know who asks.
  frame.referrerPolicy = "origin";
  frame.style.cssText = "border:0;width:100%;height:100%";
  const path = `/embed/v/${encodeURIComponent(asset)}/${encodeURIComponent(revision)}`;
  const query = compare ? `?${new URLSearchParams({ compare })}` : "";
  frame.src = `${server.replace(/\/$/, "")}${path}${query}#${fragment}`;
  container.append(frame);
  return connect(frame, options).catch((error) => {
    if (!options.keepFrame) frame.remove();
    throw error;
  });
}

/** Talks to a frame that stands in the page already. */
export function connect(frame, { timeout_ms = 30_000 } = {}) {
  const origin = new URL(frame.src, location.href).origin;
  const waiting = new Map();
  const listeners = new Map();
  let last = 0;
  let knocking = 0;

  const post = (message) =>
    frame.contentWindow?.postMessage({ holotable: PROTOCOL, ...message }, origin);
  const tell = (event, data) => listeners.get(event)?.forEach((listener) => listener(data));

  const ask = (method, params = {}) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve, reject });
      post({ id: last, method, params });
    });

  const viewer = {
    frame,
    request: ask,
    /** Calls back on an event; returns the way to stop. */
    on(event, listener) {
      if (!listeners.has(event)) listeners.set(event, new Set());
      listeners.get(event).add(listener);
      return () => listeners.get(event).delete(listener);
    },
    /** Takes the frame away. */
    close() {
      clearInterval(knocking);
      removeEventListener("message", hear);
      for (const { reject } of waiting.values())
        reject(new HolotableError("closed", "The viewer was closed."));
      frame.remove();
    },
  };
  for (const method of METHODS.split(" ")) viewer[method] = (params) => ask(method, params);

  let isReady;
  let isLost;
  const ready = new Promise((resolve, reject) => {
    isReady = resolve;
    isLost = reject;
  });

  function hear(event) {
    if (event.source !== frame.contentWindow || event.origin !== origin) return;
    const { holotable, id, result, error, event: name, data } = event.data ?? {};
    if (holotable !== PROTOCOL) return;
    if (name) {
      if (name === "ready") {
        clearInterval(knocking);
        isReady(viewer);
      }
      tell(name, data);
      return;
    }
    const request = waiting.get(id);
    waiting.delete(id);
    if (error) request?.reject(new HolotableError(error.code, error.message));
    else request?.resolve(result);
  }

  addEventListener("message", hear);
  const since = Date.now();
  // Until somebody answers: a frame tells nobody when the page in it can hear.
  const knock = () => {
    if (Date.now() - since < timeout_ms) return post({ hello: true });
    clearInterval(knocking);
    isLost(
      new HolotableError(
        "no_answer",
        `${origin} did not answer. Is ${location.origin} among its HOLOTABLE_EMBED_ORIGINS?`,
      ),
    );
  };
  // Before the first page is there, its place belongs to this origin: a message to another would be refused aloud.
  frame.addEventListener("load", () => {
    clearInterval(knocking);
    knocking = setInterval(knock, 200);
    knock();
  });
  return ready;
}
