import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Workspace, createWorkspace } from "../state/workspace";
import { DeviceWatch } from "./device_watch";

let there: boolean;
let xr: EventTarget;
let workspace: Workspace;

beforeEach(() => {
  there = false;
  const supported = async (): Promise<boolean> => Promise.resolve(there);
  xr = Object.assign(new EventTarget(), { isSessionSupported: supported });
  vi.stubGlobal("navigator", { xr });
  vi.stubGlobal("document", {});
  vi.stubGlobal("window", { isSecureContext: true });
  workspace = createWorkspace();
});

afterEach(() => vi.unstubAllGlobals());

test("a headset that is plugged in while the page is open is found, and one that goes is missed", async () => {
  const watch = new DeviceWatch(workspace, () => false);
  await vi.waitFor(() => expect(workspace.xr.get().kind).toBe("no-device"));
  there = true;
  xr.dispatchEvent(new Event("devicechange"));
  await vi.waitFor(() => expect(workspace.xr.get().kind).toBe("ready"));
  expect(workspace.arReady.get()).toBe(true);
  watch.dispose();
  there = false;
  xr.dispatchEvent(new Event("devicechange"));
  await Promise.resolve();
  expect(workspace.xr.get().kind).toBe("ready");
});

test("who is inside stays inside, whatever the browser says of devices", async () => {
  workspace.xr.set({ kind: "active", fraction: 1 });
  const watch = new DeviceWatch(workspace, () => true);
  await watch.ask();
  expect(workspace.xr.get().kind).toBe("active");
});

test("an origin without https asks no device", async () => {
  vi.stubGlobal("window", { isSecureContext: false });
  there = true;
  const watch = new DeviceWatch(workspace, () => false);
  await watch.ask();
  expect([workspace.xr.get().kind, workspace.arReady.get()]).toEqual(["insecure", false]);
});
