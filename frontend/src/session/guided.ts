/**
 * Guided: while the host says so, everybody at a desk sees what who presents sees. Nobody is moved in a headset: they
 * are asked. When it ends, every camera is where it was. Leaving the session is always possible.
 */

import { presenterAmong } from "../state/areas/conducting";
import { t } from "../state/messages";
import type { CameraPose, Person, Workspace } from "../state/workspace";

/** What guiding does to a page. */
export interface GuidedPage {
  /** Moves my camera there. */
  showCamera(pose: CameraPose): void;
  /** Asks somebody in a headset to come along. */
  offer(presenter: Person): void;
}

export class Guided {
  private readonly workspace: Workspace;
  private readonly page: GuidedPage;
  private readonly stops: (() => void)[];
  /** Before it began: where I was, and whom I followed. */
  private before: {
    readonly camera: CameraPose;
    readonly following: { readonly slot: number; readonly paused: boolean } | null;
  } | null = null;
  private offered: number | null = null;
  private busy = false;

  constructor(workspace: Workspace, page: GuidedPage) {
    this.workspace = workspace;
    this.page = page;
    const { conduct, people, xr, following } = workspace;
    this.stops = [conduct, people, xr, following].map((store) =>
      store.subscribe(() => this.update()),
    );
  }

  /** Whether my camera is somebody else's now. */
  get active(): boolean {
    return this.workspace.guidedBy.get() !== null;
  }

  /** The session is left: nothing is given back, the page goes on where it is. */
  stop(): void {
    for (const stop of this.stops) stop();
    this.before = null;
    this.workspace.guidedBy.set(null);
  }

  /** What may have changed is looked at; what this itself changes is not. */
  private update(): void {
    if (this.busy) return;
    this.busy = true;
    try {
      this.look();
    } finally {
      this.busy = false;
    }
  }

  private look(): void {
    const { conduct, people, xr, following, guidedBy } = this.workspace;
    const guided = conduct.get().rules.guided;
    const presenter = guided ? presenterAmong(people.get(), conduct.get()) : null;
    const leads = presenter !== null && !presenter.mine ? presenter : null;
    const inHeadset = xr.get().kind === "active";
    if (leads && inHeadset) {
      if (this.offered !== leads.slot) this.page.offer(leads);
      this.offered = leads.slot;
    } else if (!inHeadset) this.offered = null;
    if (!leads || inHeadset) {
      if (this.active) this.end(inHeadset);
      return;
    }
    if (!this.active)
      this.before = { camera: this.workspace.camera.get(), following: following.get() };
    const now = following.get();
    if (now?.slot !== leads.slot || now.paused) following.set({ slot: leads.slot, paused: false });
    if (guidedBy.get() === leads.slot) return;
    guidedBy.set(leads.slot);
    this.workspace.announce(t("guided.on", { name: leads.name }), { assertive: true });
  }

  private end(inHeadset: boolean): void {
    const { before } = this;
    const { following, guidedBy, people } = this.workspace;
    this.before = null;
    guidedBy.set(null);
    const here = people.get().some(({ slot, lost }) => slot === before?.following?.slot && !lost);
    following.set(here ? (before?.following ?? null) : null);
    if (before && !inHeadset) this.page.showCamera(before.camera);
    this.workspace.announce(t("guided.off"), { assertive: true });
  }
}
