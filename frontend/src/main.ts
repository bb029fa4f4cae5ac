/** The language comes first: every module that follows says its texts in it. */

import { shelf } from "./shelf";
import {
  type AnyLanguage,
  type Language,
  directionOf,
  isPseudo,
  languageOf,
} from "./state/languages";
import { type Catalogue, speak } from "./state/messages";

/** Where `ui/preferences.ts` keeps the language that was chosen on this device. */
const CHOSEN = "holotable.language";

/** A language is fetched when it is spoken: each is a file of its own. */
const TEXTS: Readonly<Record<Language, () => Promise<Catalogue>>> = {
  en: async () => (await import("./state/messages/en")).en,
  de: async () => (await import("./state/messages/de")).de,
};

function wanted(): AnyLanguage {
  const chosen = shelf("localStorage").getItem(CHOSEN);
  return languageOf(chosen && chosen !== "system" ? [chosen] : navigator.languages);
}

async function start(): Promise<void> {
  const language = wanted();
  const texts = await TEXTS[isPseudo(language) ? "en" : language]();
  speak(language, texts);
  document.documentElement.lang = language;
  document.documentElement.dir = directionOf(language);
  await import("./start");
}

void start();
