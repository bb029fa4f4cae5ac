/** What a navigation preset does, in words. */

import { t } from "../state/messages";
import { type DragAction, type DragBinding, type Preset } from "../state/navigation_presets";

/** "Shift + middle drag". */
function dragWords({ button, shift, ctrl, alt }: DragBinding): string {
  const keys = [ctrl && t("key.Ctrl"), alt && t("key.Alt"), shift && t("key.Shift")].filter(
    (key) => key !== false,
  );
  return [...keys, t(`preset.${button}`)].join(" + ");
}

/** How one orbits, pans or zooms with a preset; several ways with commas between. */
export function presetWords(preset: Preset, action: DragAction | "menu"): string {
  if (preset.name === "touch") {
    if (action === "menu") return t("preset.longPress");
    if (action === "zoom") return t("preset.pinch");
    return t(action === "orbit" ? "preset.oneFinger" : "preset.twoFingers");
  }
  if (preset.name === "trackpad") {
    if (action === "menu") return t("preset.twoFingerClick");
    if (action === "zoom") return t("preset.pinch");
    const two = t("preset.twoFingerDrag");
    return action === "orbit" ? two : `${t("key.Shift")} + ${two}`;
  }
  if (action === "menu") return t("preset.rightClick");
  const drags = preset.drags.filter((binding) => binding.action === action).map(dragWords);
  return (action === "zoom" ? [t("preset.wheel"), ...drags] : drags).join(", ");
}
