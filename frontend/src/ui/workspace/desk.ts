/** What the panels of one viewer page share, through the Svelte context. */

import { getContext, setContext } from "svelte";
import type { AnyRole, Revision, Session } from "../../api/types";
import type { LobbyRule } from "../../state/areas/attending";
import type { Commands } from "../../state/commands";
import type { Correction } from "../../state/placement";
import type { Store } from "../../state/store";
import type { RevisionRef, Workspace } from "../../state/workspace";
import type { Layout } from "./layout.svelte";

/** Sessions from the page's side: rows and buttons; the live connection is behind `Ports`. */
export interface SessionDesk {
  /** The session this page is in, as the server stores it. */
  readonly current: Store<Session | null>;
  /** Sessions that run on this project now. */
  readonly running: Store<readonly Session[]>;
  start(name: string, lobby: LobbyRule): Promise<void>;
  /** Makes a session and opens its page, where its agenda is written before anybody comes. */
  prepare(name: string, lobby: LobbyRule): Promise<void>;
  join(session: Session): Promise<void>;
  leave(): Promise<void>;
  /** From watching to taking part. */
  takePart(): Promise<void>;
  end(): Promise<void>;
}

export interface Desk {
  readonly workspace: Workspace;
  readonly commands: Commands;
  readonly layout: Layout;
  readonly revision: RevisionRef;
  /** Says for everybody what unit the file is in and which way is up; the model is shown again. */
  correct(correction: Correction): Promise<void>;
  /** My role in the project. */
  readonly role: AnyRole;
  /** Labels of the asset's revisions that can be opened, newest first. */
  readonly labels: readonly string[];
  readonly sessions: SessionDesk;
  /** How the revision stands to a headset's budget; null: not known. */
  readonly headset?: Revision["headset"];
}

const KEY = Symbol("desk");

export function provideDesk(desk: Desk): void {
  setContext(KEY, desk);
}

export function useDesk(): Desk {
  return getContext<Desk>(KEY);
}
