/** Tells the server once in which language and time zone mails are to speak, unless it knows. */

import type { Api } from "../../api/api";
import { shelf } from "../../shelf";
import type { Shelf } from "../preferences";

/** spoken: the language of the page. kept: where it stands that this was done. */
export async function tellWhereIAm(
  api: Api,
  personId: string,
  spoken: string = document.documentElement.lang,
  kept: Shelf = shelf("localStorage"),
): Promise<void> {
  const key = `holotable.told.${personId}`;
  if (kept.getItem(key)) return;
  try {
    const settings = await api.notificationSettings();
    const language = spoken.startsWith("de") ? "de" : "en";
    if (!settings.language) await api.changeNotificationSettings({ language });
    kept.setItem(key, "1");
    // Last: a server may not know the name that this browser has for its zone.
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!settings.time_zone && zone) await api.changeNotificationSettings({ time_zone: zone });
  } catch (error) {
    // Mails then speak English or come by UTC; the settings say what holds, and change it.
    console.warn("Language or time zone could not be told to the server.", error);
  }
}
