/** Runs before every test file: the page would have fetched a language by now. */

import { speak } from "./messages";
import { en } from "./messages/en";

speak("en", en);
