/** The card of the issue that is written in a headset: phrases, a voice note, the pen, or to finish it on the desktop. */

import { PHRASES } from "../../state/areas/hand_tools";
import { addressOf } from "../../browser/data_address";
import { t } from "../../state/messages";
import { VoiceRecorder } from "../../browser/voice_note";
import type { RayTarget } from "../ray_target";
import type { Seat } from "../seat";
import type { HandPart } from "./hand_part";
import { Pad, type PadDebug } from "./pad";
import { type PadButton, issueContent } from "./pad_content";

export class IssueCard implements HandPart {
  readonly tools = ["pin"] as const;
  readonly group;
  readonly target: RayTarget;
  private readonly seat: Seat;
  private readonly pad: Pad;
  private readonly recorder: VoiceRecorder;
  private readonly stops: (() => void)[] = [];
  private shown = false;

  constructor(seat: Seat) {
    this.seat = seat;
    this.pad = new Pad({ width: 0.62, height: 0.5, widthPx: 1240, textPx: 30 }, (button) =>
      this.pressed(button),
    );
    this.target = this.pad;
    this.group = this.pad.board.mesh;
    const { commands, workspace } = seat.viewer;
    this.recorder = new VoiceRecorder((recording, seconds) => {
      void addressOf(recording).then((address) =>
        commands.run("issue.voice", { address, seconds }),
      );
    });
    this.stops.push(
      this.recorder.voice.subscribe((voice) => {
        if (voice.state === "refused") workspace.announce(t(`vr.card.refused.${voice.why}`));
      }),
      // It was posted or put away: the tool that pinned it is put back, too.
      workspace.tool.subscribe((tool) => {
        const inHand = workspace.handTool.get();
        if (tool !== "pin" && (inHand === "pin" || inHand === "pen") && this.shown)
          commands.run("xr.tool", { tool: "select" });
      }),
    );
  }

  get debug(): PadDebug | null {
    return this.pad.debug;
  }

  taken(): void {
    const { commands, workspace } = this.seat.viewer;
    if (workspace.composing.get() && workspace.tool.get() === "pin") return;
    if (!commands.run("issue.start", { kind: "issue" }))
      commands.run("xr.tool", { tool: "select" });
  }

  update(): void {
    const { viewer, head } = this.seat;
    const { workspace } = viewer;
    const content = issueContent(workspace, this.recorder.voice.get());
    if (content && !this.shown) this.pad.place([0.05, 1.4, -1.05], head.position);
    if (!content && this.shown) this.recorder.cancel();
    this.shown = content !== null;
    this.pad.show(content, workspace.theme.get());
  }

  put(): void {
    const { workspace, commands } = this.seat.viewer;
    // What is being written stays open for the pen and the photo.
    if (workspace.tool.get() === "pin" && !workspace.composing.get())
      commands.run("tool.set", { tool: "select" });
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.recorder.cancel();
    this.pad.dispose();
  }

  private pressed({ id }: PadButton): void {
    const { commands } = this.seat.viewer;
    const phrase = PHRASES.find((one) => id === `phrase-${one}`);
    if (phrase) commands.run("issue.phrase", { phrase });
    else if (id === "voice") {
      if (this.recorder.voice.get().state === "recording") this.recorder.stop();
      else void this.recorder.start();
    } else if (id === "pen") commands.run("xr.tool", { tool: "pen" });
    else if (id === "later") commands.run("issue.later");
    else if (id === "post") commands.run("issue.post");
    else if (id === "close") commands.run("issue.discard");
  }
}
