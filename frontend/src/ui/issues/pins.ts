/** The pins of a revision as the server sends them, and as the picture and the panel need them. */

import type { PinColumns } from "../../api/issues";
import type { Pin } from "../../state/areas/issues";
import type { Structure } from "../../state/model";

/** Columns as pins, with their parts as they are numbered on the table. */
export function pinsOf(columns: PinColumns, structure: Structure): readonly Pin[] {
  return columns.id.map((id, i): Pin => {
    const part = columns.occurrence[i] ?? "";
    const row = structure.rowOfId(part);
    const category = columns.category[i];
    return {
      id,
      kind: columns.kind[i] ?? "comment",
      number: columns.number[i] ?? 0,
      title: columns.title[i] ?? "",
      status: columns.status[i] ?? "",
      category:
        category === "in_progress" || category === "resolved" || category === "closed"
          ? category
          : "open",
      blocking: columns.blocking[i] ?? false,
      assigneeId: columns.assignee_id[i] ?? null,
      part,
      occurrence: row < 0 ? -1 : structure.occurrenceOfRow(row),
      place: [
        columns.place[i * 3] ?? 0,
        columns.place[i * 3 + 1] ?? 0,
        columns.place[i * 3 + 2] ?? 0,
      ],
      state: columns.state[i] ?? "pending",
      distance_m: columns.distance_m[i] ?? 0,
    };
  });
}
