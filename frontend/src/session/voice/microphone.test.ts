import { expect, test, vi } from "vitest";
import { type Media, Microphone, MicrophoneProblem } from "./microphone";

/** A browser with as many microphones as are opened. */
function browser(devices: Partial<MediaDeviceInfo>[] = []) {
  const tracks: { enabled: boolean; stop(): void; onended: (() => void) | null }[] = [];
  const getUserMedia = vi.fn((wanted: MediaStreamConstraints) => {
    void wanted;
    const track = { enabled: true, stop: vi.fn(), onended: null };
    tracks.push(track);
    return Promise.resolve({ getAudioTracks: () => [track] } as unknown as MediaStream); // all that is used
  });
  const media = {
    getUserMedia,
    enumerateDevices: () => Promise.resolve(devices),
  } as unknown as Media; // as above
  return { media, getUserMedia, tracks };
}

test("echo and noise are taken out, and the chosen device is asked for", async () => {
  const { media, getUserMedia } = browser();
  const microphone = new Microphone(media, () => undefined);
  await microphone.open("");
  await microphone.open("usb");
  const cleaned = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  expect(getUserMedia.mock.calls.map(([wanted]) => wanted.audio)).toEqual([
    cleaned,
    { ...cleaned, deviceId: { exact: "usb" } },
  ]);
});

test("a rested device goes on without being asked for, a closed one is let go", async () => {
  const { media, getUserMedia, tracks } = browser();
  const microphone = new Microphone(media, () => undefined);
  await microphone.open("");
  microphone.rest();
  expect(tracks[0]?.enabled).toBe(false);
  await microphone.open("");
  expect([tracks[0]?.enabled, getUserMedia.mock.calls.length]).toEqual([true, 1]);
  microphone.close();
  expect(tracks[0]?.stop).toHaveBeenCalled();
});

test("an unplugged device is told of, one that was closed is not", async () => {
  const lost = vi.fn();
  const { media, tracks } = browser();
  const microphone = new Microphone(media, lost);
  await microphone.open("");
  microphone.close();
  tracks[0]?.onended?.();
  expect(lost).not.toHaveBeenCalled();
  await microphone.open("");
  tracks[1]?.onended?.();
  expect(lost).toHaveBeenCalledTimes(1);
});

test("a page that is not secure has no microphone", async () => {
  const microphone = new Microphone(null, () => undefined);
  await expect(microphone.open("")).rejects.toEqual(new MicrophoneProblem("insecure"));
  expect(await microphone.devices()).toEqual({ inputs: [], outputs: [] });
});

test("devices without a name are not offered", async () => {
  const { media } = browser([
    { kind: "audioinput", deviceId: "a", label: "Desk" },
    { kind: "audioinput", deviceId: "b", label: "" },
    { kind: "audiooutput", deviceId: "c", label: "Headset" },
    { kind: "videoinput", deviceId: "d", label: "Camera" },
  ]);
  const microphone = new Microphone(media, () => undefined);
  expect(await microphone.devices()).toEqual({
    inputs: [{ id: "a", label: "Desk" }],
    outputs: [{ id: "c", label: "Headset" }],
  });
});
