/** Runs before every test file: the page would have fetched a language by now. */

import { afterAll, vi } from "vitest";
import { speak } from "./messages";
import { en } from "./messages/en";

speak("en", en);

// The files of a worker share its modules and globals: what one put in their place is gone for the next.
afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});
