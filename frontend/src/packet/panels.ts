/** What stands beside the model: decisions, changes, issues, what happened, and whether all of it is authentic. */

import { CHANGE_COLOURS, type ChangeState, signColour } from "../state/changes";
import {
  type Compare,
  type Decisions,
  type Entry,
  type Issue,
  type IssueView,
  type Issues,
  type Packet,
  type Stop,
  documentOf,
  logOf,
} from "./contents";
import { button, element } from "./dom";
import { filesList } from "./files";
import type { Verified } from "./verify";
import { type Say, known, momentText } from "./words";

export type Theme = "light" | "dark";

/** Rows that are listed at most: a list of thousands is read by nobody. */
const MOST_ROWS = 500;

export interface Acts {
  readonly goTo: (view: IssueView, issue: Issue) => void;
  readonly showStop: (stop: Stop) => void;
}

/** The state of a kind of change: three kinds share one colour. */
export function stateOfKind(kind: string): ChangeState {
  if (kind === "added" || kind === "removed" || kind === "moved") return kind;
  return "modified";
}

export function decisionsPanel(packet: Packet, say: Say): HTMLElement {
  const found = documentOf<Decisions>(packet, "decisions.json");
  if (!found) return element("div", {}, say("finding.damaged"));
  const closed = found.closed_as ? ` (${known(say, "closed", found.closed_as)})` : "";
  return element(
    "div",
    { testid: "packet-decisions" },
    element(
      "p",
      { class: "state" },
      element("strong", {}, `${known(say, "state", found.state)}${closed}`),
      ` · ${say("tally", { count: found.approvals, needed: found.needed })}`,
    ),
    element("ul", { class: "rows" }, ...found.seats.map((seat) => seatRow(seat, say))),
    element(
      "ul",
      { class: "rows" },
      ...found.said.map((said) =>
        element(
          "li",
          { testid: "packet-verdict", class: said.stale ? "stale" : "" },
          element("strong", {}, said.name),
          ` ${known(say, "verdict", said.verdict)} `,
          element("span", { class: "soft" }, `${said.revision} · ${momentText(said.at)}`),
          said.stale && element("p", { class: "soft" }, say("stale", { label: said.revision })),
          said.text !== "" && element("p", { class: "words" }, said.text),
          said.signed && element("p", { class: "soft" }, say("signed", { meaning: said.meaning })),
        ),
      ),
    ),
    element(
      "ul",
      { class: "rows" },
      ...found.checklist.map(({ text, ticked_by, ticked_at }) =>
        element(
          "li",
          {},
          `${ticked_at === null ? "☐" : "☑"} ${text} `,
          element(
            "span",
            { class: "soft" },
            ticked_at === null
              ? say("unticked")
              : say("ticked", { name: ticked_by, at: momentText(ticked_at) }),
          ),
        ),
      ),
    ),
  );
}

function seatRow(seat: Decisions["seats"][number], say: Say): HTMLElement {
  const role = known(say, "seat", seat.seat) + (seat.must ? `, ${say("seat.must")}` : "");
  const standing = seat.standing ? ` · ${known(say, "standing", seat.standing)}` : "";
  return element(
    "li",
    {},
    element("strong", {}, seat.name),
    element("span", { class: "soft" }, ` ${role}${standing}`),
  );
}

export function changesPanel(packet: Packet, say: Say, theme: Theme, acts: Acts): HTMLElement {
  const compare = documentOf<Compare>(packet, "compare.json");
  if (!compare) return element("p", { class: "soft" }, say("changes.none"));
  return element(
    "div",
    { testid: "packet-changes" },
    element("p", { class: "soft" }, `${compare.from} → ${compare.to}`),
    element(
      "ul",
      { class: "rows" },
      ...compare.stops.slice(0, MOST_ROWS).map((stop) => {
        const colour = CHANGE_COLOURS[theme][stateOfKind(stop.kind)];
        const chip = element("span", { class: "chip" }, known(say, "change", stop.kind));
        chip.style.background = colour;
        chip.style.color = signColour(colour);
        const times = stop.count > 1 ? ` ×${String(stop.count)}` : "";
        const gone =
          stop.kind === "removed"
            ? say("changes.removed", { label: compare.from, to: compare.to })
            : "";
        return element(
          "li",
          {},
          button("", () => acts.showStop(stop), { class: "row", testid: "packet-change" }),
          chip,
          element("strong", {}, ` ${stop.name}${times}`),
          element("p", { class: "soft" }, stop.said || gone || (stop.said ?? stop.text)),
        );
      }),
    ),
    compare.stops_total > MOST_ROWS &&
      element("p", { class: "soft" }, `${String(MOST_ROWS)} / ${String(compare.stops_total)}`),
  );
}

export function issuesPanel(packet: Packet, say: Say, acts: Acts): HTMLElement {
  const found = documentOf<Issues>(packet, "issues.json");
  const issues = found?.issues ?? [];
  const drawings = filesList(packet, found?.drawings ?? [], say);
  return element(
    "div",
    {},
    issues.length === 0 && element("p", { class: "soft" }, say("issue.none")),
    element(
      "ul",
      { class: "rows", testid: "packet-issues" },
      ...issues.slice(0, MOST_ROWS).map((issue) => issueRow(packet, issue, say, acts)),
    ),
    drawings && element("h2", {}, say("drawings")),
    drawings,
  );
}

function issueRow(packet: Packet, issue: Issue, say: Say, acts: Acts): HTMLElement {
  const view = issue.views[0];
  const picture = issue.views.find(({ snapshot }) => snapshot !== null)?.snapshot;
  const image = element("img", {});
  // Only pictures: whatever else stood there would be loaded.
  if (picture && /^data:image\/(png|jpeg|webp);base64,/.test(picture)) image.src = picture;
  image.alt = "";
  return element(
    "li",
    {},
    button("", () => view && acts.goTo(view, issue), {
      class: "row",
      testid: "packet-issue",
      disabled: !view,
      title: issue.title,
    }),
    image.src !== "" && image,
    element("strong", {}, `#${String(issue.number)} ${issue.title}`),
    issue.blocking && element("span", { class: "chip warn" }, say("blocking")),
    element(
      "p",
      { class: "soft" },
      say("issue.by", { author: issue.author, status: issue.status }),
    ),
    issue.drawing
      ? element(
          "p",
          { class: "soft" },
          say("issue.onSheet", { name: issue.drawing, sheet: issue.sheet ?? 1 }),
        )
      : null,
    issue.description !== "" && element("p", { class: "words" }, issue.description),
    filesList(packet, issue.files ?? [], say),
    ...issue.remarks.map(({ author, text, at, files }) =>
      element(
        "div",
        { class: "words remark" },
        element("strong", {}, author),
        element("span", { class: "soft" }, ` ${momentText(at)} `),
        text,
        filesList(packet, files ?? [], say),
      ),
    ),
  );
}

export function logPanel(packet: Packet, say: Say): HTMLElement {
  return element(
    "ul",
    { class: "rows", testid: "packet-log" },
    ...logOf(packet)
      .slice(-MOST_ROWS)
      .map((entry) =>
        element(
          "li",
          {},
          element("span", { class: "soft" }, `${momentText(entry.at)} · ${entry.revision} `),
          `${entry.name} ${eventText(entry, say)}`,
          entry.reason !== "" && element("p", { class: "words" }, entry.reason),
        ),
      ),
  );
}

function eventText({ kind, before, after }: Entry, say: Say): string {
  if (kind === "verdict") return known(say, "verdict", after);
  if (kind === "lifecycle")
    return say("event.lifecycle", {
      before: before.replaceAll("_", " "),
      after: after.replaceAll("_", " "),
    });
  return known(say, "event", kind);
}

export function checkPanel(packet: Packet, verified: Verified, say: Say): HTMLElement {
  const { manifest } = packet;
  const right =
    verified.state === "valid"
      ? say("check.all")
      : verified.state === "unchecked"
        ? say("check.unknown")
        : "";
  return element(
    "div",
    { testid: "packet-check" },
    right !== "" && element("p", {}, right),
    element(
      "ul",
      { class: "rows" },
      ...verified.findings.map(({ file, why, line }) =>
        element(
          "li",
          { class: "wrong", testid: "packet-finding" },
          element("strong", {}, file),
          ` ${say(`finding.${why}`, { line: line ?? 0 })}`,
        ),
      ),
    ),
    element("p", { class: "soft" }, say("check.key")),
    element("p", { class: "mono" }, verified.keyId),
    manifest.server !== "" &&
      element("p", { class: "soft" }, say("check.server", { server: manifest.server })),
    element("p", { class: "soft" }, say("check.notPage")),
    element(
      "p",
      { class: "soft" },
      say("made", { at: momentText(manifest.made_at), name: manifest.made_by }),
    ),
    manifest.left_out.length > 0 && element("p", {}, say("left.title")),
    element(
      "ul",
      { class: "rows" },
      ...manifest.left_out.map(({ what, why }) =>
        element("li", {}, element("strong", {}, what), ` ${why}`),
      ),
    ),
  );
}
