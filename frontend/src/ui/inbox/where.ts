/** Tells the server once in which language and time zone mails are to speak, unless it knows. */

import type { Api } from "../../api/api";
import { shelf } from "../../shelf";

export async function tellWhereIAm(api: Api, personId: string): Promise<void> {
  const kept = shelf("localStorage");
  const key = `holotable.told.${personId}`;
  if (kept.getItem(key)) return;
  try {
    const settings = await api.notificationSettings();
    const language = document.documentElement.lang.startsWith("de") ? "de" : "en";
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    await api.changeNotificationSettings({
      ...(settings.language ? {} : { language }),
      ...(settings.time_zone || !zone ? {} : { time_zone: zone }),
    });
    kept.setItem(key, "1");
  } catch (error) {
    // Mails then speak English in UTC; the next page tries again, and the settings say what holds.
    console.warn("The time zone could not be told to the server.", error);
  }
}
