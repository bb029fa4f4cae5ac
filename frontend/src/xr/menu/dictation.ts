/** Speaking instead of typing, where the browser listens; the words stay in the page. */

import { currentLocale } from "../../state/messages";
import type { Dictation } from "./menu_state";

/** The part of the Web Speech API that we use; TypeScript's library does not have it. */
interface Recognition {
  lang: string;
  interimResults: boolean;
  onresult: ((event: { results: { 0?: { transcript: string } }[] }) => void) | null;
  onend: (() => void) | null;
  start(): void;
}

/** null: this browser does not listen. */
export function browserDictation(): Dictation | null {
  const host = window as { SpeechRecognition?: unknown; webkitSpeechRecognition?: unknown };
  // `as`: by the specification it makes a `Recognition`.
  const Made = (host.SpeechRecognition ?? host.webkitSpeechRecognition) as
    (new () => Recognition) | undefined;
  if (!Made) return null;
  return {
    start(heard, over) {
      const recognition = new Made();
      recognition.lang = currentLocale();
      recognition.interimResults = true;
      recognition.onresult = ({ results }) => {
        heard(
          Array.from(results, (result) => result[0]?.transcript ?? "")
            .join(" ")
            .trim(),
        );
      };
      recognition.onend = over;
      recognition.start();
    },
  };
}
