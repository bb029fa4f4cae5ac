import { beforeEach, expect, test, vi } from "vitest";
import "../../state/speak_english.test-data";
import { Commands } from "../../state/commands";
import type { Person } from "../../state/workspace";
import { createWorkspace } from "../../state/workspace";
import { FakeEnvironment } from "../fake_environment";
import { fakeTrack, promisesKept } from "./fake_rtc.test-data";
import type { LinkEvents, VoiceLink } from "./link";
import { type Media, Microphone } from "./microphone";
import type { Speakers } from "./speakers";
import { Voice, type VoiceAccess } from "./voice";

const MESH: VoiceAccess = {
  mode: "mesh",
  ice_servers: [],
  sfu: null,
  expires_at: "2100-01-01T00:00:00Z",
};

function person(slot: number, more: Partial<Person> = {}): Person {
  return {
    slot,
    principal_id: `p${slot}`,
    name: `P${slot}`,
    colour: 0,
    shape: 0,
    role: "editor",
    session_role: "participant",
    device: "desktop",
    guest: false,
    status: {},
    mine: slot === 0,
    ...more,
  };
}

/** One page with a microphone that answers as told. */
function page(access: VoiceAccess | Error = MESH, denied: string | null = null) {
  const workspace = createWorkspace();
  workspace.session.set({
    id: "s1",
    kind: "session",
    name: "Friday",
    code: null,
    joinUrl: null,
    startedAt: null,
  });
  const commands = new Commands(workspace);
  const environment = new FakeEnvironment();
  const sent: (MediaStreamTrack | null)[] = [];
  const track = { ...fakeTrack(), stop: vi.fn() };
  const asked = vi.fn(() => {
    if (denied === null)
      return Promise.resolve({ getAudioTracks: () => [track] } as unknown as MediaStream); // all that is used
    const refusal = new Error(denied);
    refusal.name = denied;
    return Promise.reject(refusal);
  });
  const media = {
    getUserMedia: asked,
    enumerateDevices: () => Promise.resolve([]),
    addEventListener: () => undefined,
    removeEventListener: () => undefined,
  } as unknown as Media; // as above
  let events: LinkEvents | null = null;
  const link: VoiceLink = {
    send: (one) => sent.push(one),
    allow: vi.fn(),
    others: vi.fn(),
    retry: vi.fn(),
    stop: vi.fn(),
  };
  const hear = vi.fn<Speakers["hear"]>();
  const speakers: Speakers = {
    put: () => undefined,
    hear,
    listenToMe: () => undefined,
    level: () => 0.5,
    place: () => undefined,
    ear: () => undefined,
    spatial: () => undefined,
    output: () => Promise.resolve(true),
    isSuspended: () => false,
    resume: () => undefined,
    stop: () => undefined,
  };
  const voice = new Voice({
    workspace,
    commands,
    environment,
    speakers,
    kept: { getItem: () => null, setItem: () => undefined },
    people: { each: () => undefined, mine: () => undefined },
    microphone: (onLost) => new Microphone(media, onLost),
    fetchAccess: () => (access instanceof Error ? Promise.reject(access) : Promise.resolve(access)),
    link: (_access, _slot, told) => {
      events = told;
      return Promise.resolve(link);
    },
  });
  return {
    ...{ workspace, commands, environment, voice, asked, track, sent, link, hear },
    tell: (state: Parameters<LinkEvents["onState"]>[0]) => events?.onState(state),
    state: () => workspace.voice.get(),
  };
}

async function entered(access: VoiceAccess | Error = MESH, denied: string | null = null) {
  const made = page(access, denied);
  made.workspace.people.set([person(0), person(1)]);
  made.voice.hello("s1", 0);
  await promisesKept();
  return made;
}

beforeEach(() => {
  vi.stubGlobal("MediaStream", class {});
  vi.spyOn(console, "warn").mockImplementation(() => undefined);
});

test("who comes in hears the others, muted, and is asked for nothing", async () => {
  const { voice, asked } = await entered();
  expect(voice.status()).toBe("muted");
  expect(asked).not.toHaveBeenCalled();
});

test("the first unmuting asks, the next muting lets the device go", async () => {
  const { commands, voice, asked, sent, track, state } = await entered();
  commands.run("voice.microphone", {});
  expect(state().microphone).toBe("asking");
  await promisesKept();
  expect(asked).toHaveBeenCalledTimes(1);
  expect([voice.status(), state().microphone, sent.at(-1)]).toEqual(["open", "open", track]);
  commands.run("voice.microphone", {});
  expect([voice.status(), sent.at(-1)]).toEqual(["muted", null]);
  expect(track.stop).toHaveBeenCalled();
});

test("a key talks as long as it is held, and keeps the device for the next time", async () => {
  const { commands, voice, asked, sent, track, state } = await entered();
  commands.run("voice.talk", { on: true });
  await promisesKept();
  expect(state().microphone).toBe("talking");
  commands.run("voice.talk", { on: false });
  expect([voice.status(), sent.at(-1), track.enabled]).toEqual(["muted", null, false]);
  commands.run("voice.talk", { on: true });
  await promisesKept();
  expect([asked.mock.calls.length, track.enabled]).toEqual([1, true]);
});

test("who is heard by their own microphone talks, a moment longer than the word", async () => {
  const { commands, voice, environment } = await entered();
  expect(voice.isTalking()).toBe(false);
  commands.run("voice.microphone", {});
  await promisesKept();
  await environment.pass(200); // the speakers of this test always hear half
  expect(voice.isTalking()).toBe(true);
  commands.run("voice.microphone", {});
  expect(voice.isTalking()).toBe(false);
});

test("a permission that comes after the key was let go opens nothing", async () => {
  const { commands, voice, sent, state } = await entered();
  commands.run("voice.talk", { on: true });
  commands.run("voice.talk", { on: false });
  await promisesKept();
  expect([voice.status(), state().microphone]).toEqual(["muted", "muted"]);
  expect(sent.filter((one) => one !== null)).toEqual([]);
});

test.each([
  ["NotAllowedError", "blocked"],
  ["NotFoundError", "noDevice"],
  ["NotReadableError", "busy"],
])("a microphone refused with %s is said to be %s", async (name, problem) => {
  const { commands, voice, workspace, state } = await entered(MESH, name);
  commands.run("voice.microphone", {});
  await promisesKept();
  expect([state().problem, state().microphone, voice.status()]).toEqual([
    problem,
    "muted",
    "muted",
  ]);
  expect(workspace.announcement.get()?.assertive).toBe(true);
});

test("whom the host mutes stops at once and is told", async () => {
  const { commands, voice, sent, track, workspace, state } = await entered();
  commands.run("voice.microphone", {});
  await promisesKept();
  voice.mine({ voice: "muted", silenced: true });
  expect([voice.status(), state().silenced, sent.at(-1)]).toEqual(["muted", true, null]);
  expect(track.stop).toHaveBeenCalled();
  expect(workspace.announcement.get()?.text).toBe("The host muted you");
});

test("the seventh is told why, and stays in voice", async () => {
  const { commands, voice, state } = await entered();
  commands.run("voice.microphone", {});
  await promisesKept();
  voice.refused({ t: "nak", cseq: null, code: "full", detail: "", about: "voice" });
  expect([voice.status(), state().problem]).toEqual(["muted", "fullOpen"]);
});

test("who becomes a listener is muted", async () => {
  const { commands, voice, workspace, state } = await entered();
  commands.run("voice.microphone", {});
  await promisesKept();
  workspace.people.set([person(0, { session_role: "listener" }), person(1)]);
  expect([voice.status(), state().problem]).toEqual(["muted", "listener"]);
});

test("only those whose microphone is open in the room are heard", async () => {
  const { workspace, hear } = await entered();
  workspace.people.set([
    person(0),
    person(1, { status: { voice: "open" } }),
    person(2, { status: { voice: "muted" } }),
    person(3, { status: { voice: "open" }, lost: true }),
  ]);
  expect([...(hear.mock.lastCall?.[0] ?? [])]).toEqual([1]);
});

test("a second device of mine stays out until it is told", async () => {
  const made = page();
  const other = person(1, { principal_id: "p0", status: { voice: "muted" } });
  made.workspace.people.set([person(0), other]);
  made.voice.hello("s1", 0);
  await promisesKept();
  expect(made.voice.status()).toBeNull();
  made.commands.run("voice.join", { on: true });
  expect(made.voice.status()).toBe("muted");
});

test("a link that fails is said once, and may be tried again", async () => {
  const { commands, link, tell, workspace, state } = await entered();
  commands.run("voice.microphone", {});
  await promisesKept();
  tell("failed");
  expect(state().problem).toBe("failed");
  expect(workspace.announcement.get()?.text).toBe("Voice could not connect; chat goes on.");
  commands.run("voice.retry");
  expect(link.retry).toHaveBeenCalled();
  tell("connected");
  expect(state().problem).toBeNull();
});

test("without an answer of the server voice fails alone", async () => {
  const { voice, state } = await entered(new Error("offline"));
  expect([voice.status(), state().problem]).toEqual([null, "failed"]);
});

test("where voice is off nobody joins it", async () => {
  const { voice, commands } = await entered({ ...MESH, mode: "off" });
  commands.run("voice.join", { on: true });
  expect(voice.status()).toBeNull();
});
