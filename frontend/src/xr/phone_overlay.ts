/** What a phone shows over its camera's picture in AR: three buttons, by touch (WebXR DOM Overlays). */

import type { Commands } from "../state/commands";
import { t } from "../state/messages";
import type { Workspace } from "../state/workspace";

/** Puts the buttons in place; `root` is what the session asks for. */
export class PhoneOverlay {
  readonly root = document.createElement("div");
  private readonly stop: () => void;

  constructor({ seat }: Pick<Workspace, "seat">, commands: Commands) {
    const { root } = this;
    root.className = "phone-ar";
    root.dataset["testid"] = "phone-ar";
    const button = (text: string, run: () => void): HTMLButtonElement => {
      const made = document.createElement("button");
      made.className = "button";
      made.textContent = text;
      made.addEventListener("click", run);
      // A touch on a button is not a touch of the room.
      made.addEventListener("beforexrselect", (event) => event.preventDefault());
      root.append(made);
      return made;
    };
    button(t("command.xr.place"), () => commands.run("xr.place"));
    const lock = button(t("command.xr.lock"), () =>
      commands.run("xr.lock", { on: seat.get()?.room?.locked !== true }),
    );
    button(t("vr.leaveAr"), () => commands.run("xr.leave"));
    this.stop = seat.subscribe((state) =>
      lock.setAttribute("aria-pressed", String(state?.room?.locked === true)),
    );
    document.body.append(root);
  }

  remove(): void {
    this.stop();
    this.root.remove();
  }
}
