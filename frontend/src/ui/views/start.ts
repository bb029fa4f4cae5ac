/** Joins saved views and links to one viewer page: commands, the address bar, what is remembered. */

import type { Preferences } from "../preferences";
import type { Layout } from "../workspace/layout.svelte";
import { t } from "../../state/messages";
import { type AnyRole } from "../../api/types";
import { allows } from "../rights";
import { keepAddress } from "./address";
import type { Views, ViewsHost } from "./views";

/** Starts them; returns the way to stop. */
export function startViews(
  views: Views,
  { workspace, commands, toasts }: ViewsHost,
  page: { readonly layout: Layout; readonly preferences: Preferences; readonly role: AnyRole },
): () => void {
  const { layout, preferences, role } = page;
  workspace.viewChoice.set(preferences.viewChoice.get());
  const stops = [
    workspace.viewChoice.subscribe((choice) => preferences.viewChoice.set(choice)),
    keepAddress({ workspace, follow: (hash) => views.follow(hash) }),
    commands.register("view.list", () => void views.reload()),
    commands.register("view.open", ({ id }) => void views.open(id)),
    commands.register("view.copyLink", () => void views.copyLink()),
    commands.register("view.save", ({ name }) => {
      if (!allows(role, "comment")) toasts.show(t("refused.saveView"));
      else if (name !== undefined) void views.save(name);
      else {
        layout.show("views");
        views.naming.set(true);
      }
    }),
  ];
  // Stepping through the agenda needs the list before its panel was ever open.
  void views.reload();
  return () => stops.forEach((stop) => stop());
}
