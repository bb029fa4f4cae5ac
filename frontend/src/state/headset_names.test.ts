import { expect, it } from "vitest";
import { headsetName } from "./headset_names";

it.each([
  ["Mozilla/5.0 (X11; Linux x86_64; Quest 3) OculusBrowser/38.0 VR Safari/537.36", "Quest 3"],
  ["Mozilla/5.0 (X11; Linux x86_64; Quest 3S) OculusBrowser/38.0", "Quest 3S"],
  ["Mozilla/5.0 (Linux; Android 10; A8110) PicoBrowser/3.3", "Pico 4"],
  ["Mozilla/5.0 (Android 12; Mobile VR; rv:121.0) Gecko Wolvic/1.7", "Wolvic"],
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0", null],
  ["", null],
])("%s → %s", (userAgent, name) => {
  expect(headsetName(userAgent)).toBe(name);
});
