/** Measurements and drawings that belong to somebody in a session, and who may change them (rooms/SPEC.md C9). */

import { Store } from "../store";
import type { Workspace } from "../workspace";

/** Who made something that everybody sees. */
export interface ObjectOwner {
  readonly principalId: string;
  readonly name: string;
  /** I am it. */
  readonly mine: boolean;
}

/** Changes of mine that somebody else's replaced. */
export interface Overwritten {
  /** Who changed what. */
  readonly text: string;
  readonly slot: number | null;
  /** How many can be brought back. */
  readonly count: number;
}

/** A step of mine that was to be undone, and who has changed the same since. */
export interface UndoQuestion {
  readonly title: string;
  readonly name: string;
}

export interface Owning {
  readonly overwritten: Store<Overwritten | null>;
  readonly undoQuestion: Store<UndoQuestion | null>;
  /** By key: `measurement/<id>`, `markup/<id>`. Empty outside sessions: then all of it is mine. */
  readonly owners: Store<ReadonlyMap<string, ObjectOwner>>;
}

export function createOwning(): Owning {
  return {
    overwritten: new Store<Overwritten | null>(null),
    undoQuestion: new Store<UndoQuestion | null>(null),
    owners: new Store<ReadonlyMap<string, ObjectOwner>>(new Map()),
  };
}

export const measureKey = (id: string): string => `measurement/${id}`;
export const markupKey = (id: string): string => `markup/${id}`;

/** Whether I share objects with others right now. */
export function isSharing(workspace: Workspace): boolean {
  return workspace.session.get()?.kind === "session" && !workspace.myView.get();
}

/** null: I may change it; else whose it is: they, the presenter and the host change it. */
export function changeRefusal(workspace: Workspace, key: string): string | null {
  const owner = workspace.owners.get().get(key);
  if (!isSharing(workspace) || !owner || owner.mine) return null;
  const me = workspace.people.get().find(({ mine }) => mine);
  if (!me || me.session_role === "host" || me.session_role === "presenter") return null;
  return owner.name;
}
