/** What people call the headset in whose browser this runs; `devices.py` has the same list. */

const NAMES: readonly (readonly [RegExp, string])[] = [
  [/Quest 3S/, "Quest 3S"],
  [/Quest 3/, "Quest 3"],
  [/Quest Pro/, "Quest Pro"],
  [/Quest 2/, "Quest 2"],
  [/Quest/, "Quest"],
  [/OculusBrowser/, "Meta headset"],
  [/PICO 4 Ultra|A9210/, "Pico 4 Ultra"],
  [/PICO 4|A8110|A8140/, "Pico 4"],
  [/Pico ?Neo ?3/, "Pico Neo 3"],
  [/Pico/, "Pico"],
  [/VIVE Focus|Vive Focus/, "Vive Focus"],
  [/VIVE|Vive/, "Vive"],
  [/Wolvic/, "Wolvic"],
  [/MagicLeap|Magic Leap/, "Magic Leap"],
  [/Android XR|SM-I610/, "Galaxy XR"],
];

/** null: a desk, a phone, or a headset that does not say what it is (Vision Pro calls itself a Mac). */
export function headsetName(userAgent: string): string | null {
  return NAMES.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
}
