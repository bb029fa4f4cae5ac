/** What the session says of others and of the connection. Names are already clean: the server checks them. */

/** Who changed what, for the announcement of four seconds (UX.md §3.4). */
export function changeText(name: string, key: string, removed: boolean): string {
  switch (key.split("/")[0] ?? "") {
    case "section":
      return removed ? `${name} removed a section` : `${name} changed a section`;
    case "visibility":
      return `${name} changed what is visible`;
    case "ghost":
      return `${name} changed what is ghosted`;
    case "explode":
      return `${name} changed the explosion`;
    default:
      return `${name} changed the scene`;
  }
}

/** `Anna, Ben and 3 others joined`. */
export function arrivalText(names: readonly string[], verb: "joined" | "left"): string {
  const [first = "", second = "", ...others] = names;
  if (names.length === 1) return `${first} ${verb}`;
  if (names.length === 2) return `${first} and ${second} ${verb}`;
  return `${first}, ${second} and ${others.length} ${others.length === 1 ? "other" : "others"} ${verb}`;
}

/** After a reconnection. */
export function backText(sent: number): string {
  if (sent === 0) return "Back online";
  return sent === 1 ? "Back – 1 change sent" : `Back – ${sent} changes sent`;
}

/** Why a change of mine was refused. */
export function refusedText(detail: string): string {
  return `Your change was not accepted: ${detail}`;
}

/** Why it ended. */
export function endedText(reason: string): string {
  switch (reason) {
    case "ended":
      return "The session has ended";
    case "removed":
      return "You were removed from the session";
    default:
      return "You cannot take part in this session any more";
  }
}
