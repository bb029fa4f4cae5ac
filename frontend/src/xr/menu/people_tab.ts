/** Who is here, in the main panel: to go to them, to follow them, to bring them; hands in their order. */

import { handsOf, iLead, myPart } from "../../state/areas/conducting";
import { t } from "../../state/messages";
import { RangeSet } from "../../state/ranges";
import { personColour } from "../../scene/theme";
import type { Person } from "../../state/workspace";
import { type PanelNode, button, column, row, spring, text } from "../panel/nodes";
import { type MenuHost, ROWS } from "./menu_state";

export function peopleTab(host: MenuHost): PanelNode {
  const { workspace, commands, state } = host;
  const people = workspace.people.get();
  const others = people.filter(({ mine, lost }) => !mine && lost !== true);
  const replayed = workspace.replay.get() !== null;
  if (replayed) return replayTab(host, others);
  if (workspace.session.get()?.kind !== "session")
    return text(t("vr.menu.noSession"), { tone: "faint" });
  const hands = handsOf(people);
  const line = (index: number): PanelNode => {
    const person = others[index];
    return person ? personRow(host, person, hands.indexOf(person)) : spring();
  };
  const list: PanelNode =
    others.length === 0
      ? text(t("vr.menu.nobody"), { tone: "faint" })
      : {
          ...{ kind: "list", id: "people", count: others.length, shown: ROWS - 1, line },
          first: Math.min(state.peopleFirst, Math.max(0, others.length - ROWS + 1)),
          scroll: (first) => {
            state.peopleFirst = first;
            host.changed();
          },
        };
  const following = workspace.following.get();
  return column([
    row([
      button(
        "raise",
        t(workspace.hand.get() ? "vr.menu.lowerHand" : "vr.menu.raiseHand"),
        () => void commands.run("session.raiseHand"),
        {
          ...{ icon: "hand", grow: 1, selected: workspace.hand.get() },
        },
      ),
      ...(iLead(people)
        ? [
            button("bringAll", t("vr.menu.bringAll"), () => void commands.run("session.bring"), {
              ...{ icon: "bring", grow: 1 },
            }),
          ]
        : []),
      ...(hands.length > 0 && myPart(people) === "host"
        ? [
            button(
              "lowerAll",
              t("vr.menu.lowerAll"),
              () => void commands.run("session.lowerHands", { slot: null }),
              { grow: 1 },
            ),
          ]
        : []),
      ...(following
        ? [
            button(
              "stopFollowing",
              t("vr.menu.stopFollowing"),
              () => void commands.run("session.follow", { slot: null }),
              { icon: "close", grow: 1 },
            ),
          ]
        : []),
      ...(iLead(people) || following ? [] : [spring(2)]),
    ]),
    list,
    ...helped(host, others),
  ]);
}

/** Who stands there in a recording: to go to, or to see as they saw. */
function replayTab(host: MenuHost, others: readonly Person[]): PanelNode {
  if (others.length === 0) return text(t("vr.menu.replayNobody"), { tone: "faint" });
  return column([...others.slice(0, ROWS).map((person) => personRow(host, person, -1)), spring()]);
}

/** What somebody at a desk wrote last: they type, I search for it. */
function helped(host: MenuHost, others: readonly Person[]): readonly PanelNode[] {
  const { workspace, state, changed } = host;
  const said = [...workspace.chat.get()].reverse().find(({ mine }) => !mine);
  const from = said && others.find(({ slot }) => slot === said.slot);
  if (!said || !from || from.device === "headset") return [];
  const { name } = from;
  return [
    row([
      text(t("vr.menu.wrote", { name, words: said.text }), { grow: 1 }),
      button(
        "searchFor",
        t("vr.menu.searchFor", { name }),
        () => {
          state.type(said.text);
          state.tab = "model";
          changed();
        },
        { icon: "search", label: null, width: 2 },
      ),
    ]),
  ];
}

/** hand: place in the queue of hands; -1: it is not up. */
function personRow(host: MenuHost, person: Person, hand: number): PanelNode {
  const { workspace, commands } = host;
  const { slot, name, status } = person;
  const part = myPart(workspace.people.get());
  const speaks = (workspace.levels.get().get(slot) ?? 0) > 0.05;
  const offered = offeredBy(host, person);
  const following = workspace.following.get()?.slot === slot;
  return row([
    { kind: "rule", colour: personColour(person.colour), width: 0.3, height: 1.2 },
    text(hand >= 0 ? t("vr.menu.handOf", { place: hand + 1, name }) : name, {
      ...{ grow: 1, tone: speaks ? "accent" : "text" },
    }),
    ...(offered
      ? [
          button(
            `take-${slot}`,
            t("vr.menu.take", { name, count: offered.size }),
            () => void commands.run("selection.set", { ranges: offered, mode: "replace" }),
            { icon: "take", label: String(offered.size), selected: false },
          ),
        ]
      : []),
    button(
      `goTo-${slot}`,
      t("vr.menu.goTo", { name }),
      () => void commands.run("xr.goTo", { slot }),
      {
        ...{ icon: "goTo", label: null, width: 2 },
      },
    ),
    button(
      `follow-${slot}`,
      t("vr.menu.follow", { name }),
      () => void commands.run("session.follow", { slot: following ? null : slot }),
      { icon: "follow", label: null, width: 2, selected: following },
    ),
    ...(part === "host" || part === "presenter"
      ? [
          button(
            `bring-${slot}`,
            t("vr.menu.bring", { name }),
            () => void commands.run("session.bring", { slot }),
            {
              ...{ icon: "bring", label: null, width: 2 },
            },
          ),
        ]
      : []),
    ...(part === "host"
      ? [
          button(
            `mute-${slot}`,
            t(status.silenced === true ? "vr.menu.allow" : "vr.menu.mute", { name }),
            () =>
              void commands.run(status.silenced === true ? "session.allow" : "session.mute", {
                slot,
              }),
            {
              ...{ icon: status.silenced === true ? "micOff" : "mute", label: null, width: 2 },
              disabled: status.voice === null || status.voice === undefined,
            },
          ),
        ]
      : []),
  ]);
}

/** What somebody selected at their desk in the model that is before me: they searched, I take it. */
export function offeredBy({ workspace }: MenuHost, { status }: Person): RangeSet | null {
  const { selection } = status;
  if (!selection || selection.revision_id !== workspace.revision.get()?.revisionId) return null;
  const structure = workspace.structure.get();
  const ranges = RangeSet.fromRanges(selection.ranges.map(([first, last]) => [first, last]));
  const here = structure ? ranges.intersect(structure.all()) : RangeSet.empty;
  return here.isEmpty || here.equals(workspace.selection.get()) ? null : here;
}
