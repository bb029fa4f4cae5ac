/** The page inside a signed packet: opened from a disk, offline, it shows what was decided and about what. */

import { CHANGE_COLOURS } from "../state/changes";
import type { Bytes } from "./bytes";
import { type Compare, type Packet, type Stop, documentOf, readPacket } from "./contents";
import { button, element } from "./dom";
import {
  type Acts,
  type Theme,
  changesPanel,
  checkPanel,
  decisionsPanel,
  issuesPanel,
  logPanel,
  stateOfKind,
} from "./panels";
import { Stage } from "./stage";
import { type Verified, checkFile, verifyPacket } from "./verify";
import { type Say, type Word, wordsOf } from "./words";

const MODEL = "model.glb";
const ACCENT = { light: "#e07a1f", dark: "#ff9a1f" } as const;

const dark = matchMedia("(prefers-color-scheme: dark)");
const themeNow = (): Theme => (dark.matches ? "dark" : "light");

interface Page {
  readonly packet: Packet;
  readonly verified: Verified;
  readonly say: Say;
  readonly stage: Stage | null;
  readonly status: HTMLElement;
}

async function start(): Promise<void> {
  const root = document.getElementById("packet-page");
  if (!root) return;
  const block = document.getElementById("packet")?.textContent ?? "";
  let packet: Packet;
  try {
    packet = await readPacket(block);
  } catch {
    root.append(element("p", { class: "alone" }, wordsOf(navigator.language)("packet.broken")));
    document.body.dataset["verified"] = "invalid";
    return;
  }
  const say = wordsOf(packet.manifest.language);
  document.documentElement.lang = packet.manifest.language;
  const verified = await verifyPacket(packet);
  document.body.dataset["verified"] = verified.state;
  build(root, packet, verified, say);
}

function build(root: HTMLElement, packet: Packet, verified: Verified, say: Say): void {
  const { manifest } = packet;
  const title = say("title", {
    number: manifest.review,
    asset: manifest.asset,
    revision: manifest.revision,
  });
  document.title = title;
  const host = element("div", { class: "stage" });
  const status = element("p", { class: "status", testid: "packet-status" }, say("model.loading"));
  const badge = button(say(`verified.${verified.state}`), () => open("tab.check"), {
    class: `badge ${verified.state}`,
    testid: "packet-verified",
  });
  const panel = element("div", { class: "panel" });
  const tabs = element("div", { class: "tabs" });
  tabs.setAttribute("role", "tablist");
  root.append(
    element(
      "header",
      {},
      element(
        "div",
        { class: "grow" },
        element("h1", {}, title),
        element("p", { class: "soft" }, manifest.title),
      ),
      badge,
    ),
    element(
      "main",
      {},
      element("section", { class: "view" }, host, status),
      element("aside", {}, tabs, panel),
    ),
  );
  let stage: Stage | null = null;
  try {
    stage = new Stage(host, ACCENT[themeNow()]);
  } catch (problem) {
    status.textContent = say("model.failed", { why: String(problem) });
  }
  const page: Page = { packet, verified, say, stage, status };
  const acts = actsOf(page);
  const contents: Partial<Record<Word, () => HTMLElement>> = {
    "tab.decisions": () => decisionsPanel(packet, say),
    "tab.changes": () => changesPanel(packet, say, themeNow(), acts),
    "tab.issues": () => issuesPanel(packet, say, acts),
    "tab.log": () => logPanel(packet, say),
    "tab.check": () => checkPanel(packet, verified, say),
  };
  const names = Object.keys(contents) as Word[];
  const open = (name: Word): void => {
    for (const tab of tabs.children)
      tab.setAttribute("aria-selected", String(tab.getAttribute("data-tab") === name));
    panel.replaceChildren(contents[name]?.() ?? "");
  };
  for (const name of names) {
    const tab = button(say(name), () => open(name), { testid: `packet-${name.replace(".", "-")}` });
    tab.setAttribute("role", "tab");
    tab.dataset["tab"] = name;
    tabs.append(tab);
  }
  open(verified.state === "invalid" ? "tab.check" : "tab.decisions");
  addTools(page, host);
  void showModel(page);
}

function actsOf(page: Page): Acts {
  return {
    goTo: (view) => page.stage?.goTo(view),
    showStop: (stop) => showStop(page, stop),
  };
}

function showStop({ packet, stage }: Page, stop: Stop): void {
  const changes = documentOf<Compare>(packet, "compare.json")?.changes ?? [];
  const ids = changes.flatMap(({ stop: at, to }) => (at === stop.stop && to ? [to.id] : []));
  const numbers = stage?.parts?.numbered(ids);
  if (!stage || !numbers || numbers.size === 0) return;
  stage.showAll();
  stage.parts?.select([...numbers][0] ?? -1);
  stage.fit(numbers);
}

function addTools({ packet, say, stage, status }: Page, host: HTMLElement): void {
  if (!stage) return;
  let coloured = false;
  const colours = button(
    say("action.colours"),
    () => {
      coloured = !coloured;
      colours.setAttribute("aria-pressed", String(coloured));
      paint(packet, stage, coloured);
    },
    { testid: "packet-colours", disabled: !packet.files.has("compare.json") },
  );
  colours.setAttribute("aria-pressed", "false");
  host.append(
    element(
      "div",
      { class: "tools" },
      button(say("action.fit"), () => stage.fit()),
      button(say("action.showAll"), () => stage.showAll()),
      colours,
    ),
  );
  stage.onpick = (part) => {
    status.textContent = part?.path.join(" › ") ?? countText(stage, say);
  };
  dark.addEventListener("change", () => paint(packet, stage, coloured));
}

const countText = (stage: Stage, say: Say): string =>
  say("parts", { count: stage.parts?.parts.length ?? 0 });

/** Every changed part in the colour of its change; all others grey. */
function paint(packet: Packet, stage: Stage, coloured: boolean): void {
  const palette = CHANGE_COLOURS[themeNow()];
  const { parts } = stage;
  if (!parts) return;
  const found = new Map<number, string>();
  for (const { kind, to } of documentOf<Compare>(packet, "compare.json")?.changes ?? [])
    if (to)
      for (const number of parts.numbered([to.id])) found.set(number, palette[stateOfKind(kind)]);
  parts.colour(coloured ? found : null, palette.unchanged);
  stage.draw();
}

async function showModel({ packet, stage, status, say }: Page): Promise<void> {
  if (!stage) return;
  const open = async (bytes: Bytes): Promise<void> => {
    try {
      await stage.open(bytes);
      status.textContent = countText(stage, say);
      document.body.dataset["parts"] = String(stage.parts?.parts.length ?? 0);
    } catch (problem) {
      status.textContent = say("model.failed", { why: String(problem) });
    }
  };
  const inside = packet.files.get(MODEL);
  if (inside) {
    await open(inside);
    return;
  }
  if (!packet.manifest.files[MODEL]) {
    status.textContent = say("model.none");
    return;
  }
  // Too large for the page: a browser reads a file of the disk only when somebody chooses it.
  const chooser = element("input", { testid: "packet-model-file" });
  chooser.type = "file";
  chooser.accept = ".glb";
  chooser.addEventListener("change", () => {
    void (async () => {
      const file = chooser.files?.[0];
      if (!file) return;
      const bytes = new Uint8Array(await file.arrayBuffer());
      const wrong = await checkFile(packet, MODEL, bytes);
      if (wrong) label.append(element("span", { class: "wrong" }, say("model.other")));
      else await open(bytes);
    })();
  });
  const label = element("label", {}, `${say("action.openModel")} `, chooser);
  status.replaceChildren(label);
}

void start();
