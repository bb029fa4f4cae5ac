/** Seeing what somebody else sees: whom I follow, where their camera is, going there once (UX.md §3.3). */

import { POSE, Pose } from "../protocol/pose";
import type { Commands } from "../state/commands";
import { t } from "../state/messages";
import type { CameraPose, Person, Workspace } from "../state/workspace";
import { cameraOfPose } from "./camera";
import type { Environment } from "./environment";
import { rootOf } from "./people";
import type { RemotePoses } from "./remote_poses";
import { SteadyView } from "./steady_view";

/** What it needs of the live session. */
export interface FollowingHost {
  readonly workspace: Workspace;
  readonly commands: Commands;
  readonly environment: Environment;
  readonly remote: RemotePoses;
  /** Width over height of my picture. */
  aspect(): number;
  /** Moves my camera there: *go to*. */
  showCamera(pose: CameraPose): void;
}

/** Keeps `workspace.following`. */
export class Following {
  private readonly host: FollowingHost;
  private readonly followed = new Pose();
  private leader: Person | null = null;
  private readonly steady = new SteadyView();

  constructor(host: FollowingHost) {
    this.host = host;
  }

  perform(): (() => void)[] {
    const { commands, environment, workspace } = this.host;
    return [
      commands.register("session.follow", ({ slot }) => this.follow(slot)),
      commands.register("session.goTo", ({ slot }) => {
        const camera = this.cameraOf(slot, environment.now());
        if (camera) this.host.showCamera(camera);
      }),
      commands.register("resume", () => {
        const following = workspace.following.get();
        if (following) workspace.following.set({ ...following, paused: false });
      }),
    ];
  }

  /** The camera that I see through; null when I follow nobody or look around on my own. */
  camera(nowMs: number): CameraPose | null {
    const { workspace } = this.host;
    const following = workspace.following.get();
    if (!following || following.paused) {
      this.steady.forget();
      return null;
    }
    const root = rootOf(following.slot, workspace.people.get());
    const camera = root ? this.cameraOf(root.slot, nowMs) : null;
    return camera && this.followed.has(POSE.inXr) ? this.steady.follow(camera, nowMs) : camera;
  }

  cameraOf(slot: number, nowMs: number): CameraPose | null {
    const { remote, workspace } = this.host;
    if (!remote.at(slot, nowMs, this.followed)) return null;
    return cameraOfPose(this.followed, this.host.aspect(), workspace.camera.get());
  }

  pause(): void {
    const { following } = this.host.workspace;
    const now = following.get();
    if (this.isGuided) return; // the next frame shows what who presents sees
    if (now && !now.paused) following.set({ ...now, paused: true });
  }

  /** Whom I follow may have come back under another slot. */
  find(): void {
    const { workspace } = this.host;
    const following = workspace.following.get();
    const leader = this.leader;
    if (!following || !leader) return;
    const back = workspace.people
      .get()
      .find(
        (person) =>
          !person.lost &&
          person.principal_id === leader.principal_id &&
          person.device === leader.device,
      );
    if (back && back.slot !== following.slot)
      workspace.following.set({ ...following, slot: back.slot });
  }

  /** Somebody left for good. */
  gone(slot: number): void {
    const { following } = this.host.workspace;
    if (following.get()?.slot === slot) following.set(null);
  }

  /** Whom I follow is not mine to say (guided.ts). */
  private get isGuided(): boolean {
    return this.host.workspace.guidedBy.get() !== null;
  }

  private follow(slot: number | null): void {
    const { workspace } = this.host;
    if (this.isGuided) {
      workspace.announce(t("guided.stays"));
      return;
    }
    if (slot === null) {
      workspace.following.set(null);
      return;
    }
    const people = workspace.people.get();
    const person = people.find((candidate) => candidate.slot === slot);
    if (!person || person.mine) return;
    if (!rootOf(slot, people)) {
      workspace.announce(t("live.followsYou", { name: person.name }), { others: true, slot });
      return;
    }
    this.leader = person;
    workspace.following.set({ slot, paused: false });
    workspace.announce(t("live.follow", { name: person.name }), { slot });
  }
}
