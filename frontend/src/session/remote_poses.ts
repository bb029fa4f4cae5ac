/**
 * Where the others are, 100 ms in the past and interpolated, so that 20 poses a second look like motion.
 *
 * Each pose carries its sender's clock; the offset between that clock and mine is the smallest seen lately,
 * because delay only ever adds. In a crowd most come five times a second; those are shown longer ago.
 */

import { POSE, Pose, decodePose } from "../protocol/pose";
import { isInTurn, readPresence } from "../protocol/presence";

const DELAY_MS = 100;
/** Of somebody who comes in turn, a fifth of a second after the last time. */
const DELAY_IN_TURN_MS = 300;
/** The delay changes by this share of the time that goes by: people slow down or hurry, and never jump. */
const DELAY_CHANGE = 0.4;
/** Samples kept per person: 0.4 s at 20 Hz. */
const SAMPLES = 8;
/** Senders are silent while still. A pose after such a pause moves within this time, not since the pause. */
const LONGEST_STEP_MS = 70;
const LONGEST_STEP_IN_TURN_MS = 270;
/** The offset may grow this much per second, so that two drifting clocks stay together. */
const DRIFT_MS_PER_S = 1;
const STALE_MS = 60_000;

interface Track {
  /** Ring; `count` newest are valid, `last` is the newest. */
  readonly samples: Pose[];
  /** Of each sample, sender milliseconds unwrapped. */
  readonly times: Float64Array;
  last: number;
  count: number;
  offsetMs: number;
  /** How long ago they were shown at `delaySinceMs`, and will be in a while. */
  delayFromMs: number;
  delayToMs: number;
  delaySinceMs: number;
  heardAtMs: number;
  /** The newest sample differs from the one before: a keep-alive of somebody who is still moves nothing. */
  moves: boolean;
}

export class RemotePoses {
  /** Mine: the server's frame is one for everybody, me included. */
  ownSlot: number | null = null;
  private readonly tracks = new Map<number, Track>();
  private readonly scratch = new Pose();
  private readonly out = new Pose();

  /** Takes a presence frame; true when somebody else is not where they were. */
  receive(frame: DataView, nowMs: number): boolean {
    let moved = false;
    const inTurn = isInTurn(frame);
    readPresence(frame, (slot, view, offset, length) => {
      if (slot !== this.ownSlot && decodePose(view, offset, length, this.scratch))
        moved = this.add(slot, this.scratch, nowMs, inTurn) || moved;
    });
    return moved;
  }

  /** Somebody left: their slot will be somebody else's. */
  forget(slot: number): void {
    this.tracks.delete(slot);
  }

  clear(): void {
    this.tracks.clear();
  }

  /** Calls `listener` with everyone's pose of 100 ms ago, or of 300 in a crowd; the pose is reused. */
  each(nowMs: number, listener: (slot: number, pose: Pose, ageMs: number) => void): void {
    for (const [slot, track] of this.tracks) {
      const ageMs = nowMs - track.heardAtMs;
      if (ageMs > STALE_MS) continue;
      sample(track, nowMs, this.out);
      listener(slot, this.out, ageMs);
    }
  }

  /** One person's pose of 100 ms ago into `out`; false when they sent none. */
  at(slot: number, nowMs: number, out: Pose): boolean {
    const track = this.tracks.get(slot);
    if (!track) return false;
    sample(track, nowMs, out);
    return true;
  }

  /** Whether anybody is between two poses. */
  isMoving(nowMs: number): boolean {
    for (const track of this.tracks.values()) {
      if (
        track.moves &&
        nowMs - track.offsetMs - delayOf(track, nowMs) < (track.times[track.last] ?? 0)
      )
        return true;
    }
    return false;
  }

  private add(slot: number, pose: Pose, nowMs: number, inTurn: boolean): boolean {
    const wantedDelayMs = inTurn ? DELAY_IN_TURN_MS : DELAY_MS;
    let track = this.tracks.get(slot);
    if (!track) {
      track = {
        samples: Array.from({ length: SAMPLES }, () => new Pose()),
        times: new Float64Array(SAMPLES),
        last: 0,
        count: 0,
        offsetMs: nowMs - pose.timeMs,
        delayFromMs: wantedDelayMs,
        delayToMs: wantedDelayMs,
        delaySinceMs: nowMs,
        heardAtMs: nowMs,
        moves: true,
      };
      this.tracks.set(slot, track);
    }
    // Unwrapped to the value nearest to what the offset leads to expect.
    const expected = nowMs - track.offsetMs;
    const time = expected + wrapped(pose.timeMs - expected);
    if (track.count > 0) {
      const before = track.times[track.last] ?? 0;
      if (time <= before + 0.5) {
        if (time > before - 0.5) track.heardAtMs = nowMs; // a full frame repeats it
        return false;
      }
      const grown = track.offsetMs + ((nowMs - track.heardAtMs) / 1000) * DRIFT_MS_PER_S;
      track.offsetMs = Math.min(nowMs - time, grown);
      const slow = inTurn || track.delayToMs === DELAY_IN_TURN_MS;
      const longestMs = slow ? LONGEST_STEP_IN_TURN_MS : LONGEST_STEP_MS;
      if (time - before > longestMs) track.times[track.last] = time - longestMs;
      if (wantedDelayMs !== track.delayToMs) {
        track.delayFromMs = delayOf(track, nowMs);
        track.delayToMs = wantedDelayMs;
        track.delaySinceMs = nowMs;
      }
    }
    const before = track.samples[track.last];
    track.moves = track.count === 0 || !before || !equal(before, pose);
    track.heardAtMs = nowMs;
    track.last = (track.last + 1) % SAMPLES;
    track.count = Math.min(SAMPLES, track.count + 1);
    track.times[track.last] = time;
    track.samples[track.last]?.copy(pose);
    return track.moves;
  }
}

/** Whether two poses show the same, whenever they were sent. */
function equal(a: Pose, b: Pose): boolean {
  const same = (x: Float64Array, y: Float64Array): boolean => x.every((v, i) => v === y[i]);
  return (
    a.flags === b.flags &&
    a.targetDistance === b.targetDistance &&
    a.fov === b.fov &&
    a.aspect === b.aspect &&
    a.scale === b.scale &&
    a.pointerOccurrence === b.pointerOccurrence &&
    same(a.head, b.head) &&
    same(a.left, b.left) &&
    same(a.right, b.right) &&
    same(a.pointer, b.pointer)
  );
}

/** The same clock reading between -32,768 and 32,767 ms. */
function wrapped(differenceMs: number): number {
  return differenceMs - 65_536 * Math.round(differenceMs / 65_536);
}

/** How long ago somebody is shown now. */
function delayOf(track: Track, nowMs: number): number {
  const change = track.delayToMs - track.delayFromMs;
  const atMost = (nowMs - track.delaySinceMs) * DELAY_CHANGE;
  return track.delayFromMs + Math.sign(change) * Math.min(Math.abs(change), atMost);
}

function sample(track: Track, nowMs: number, out: Pose): void {
  const wanted = nowMs - track.offsetMs - delayOf(track, nowMs);
  let later = track.last;
  for (let back = 0; back < track.count; back += 1) {
    const index = (track.last - back + SAMPLES) % SAMPLES;
    const earlier = track.samples[index];
    const from = track.times[index] ?? 0;
    if (!earlier) break;
    if (from <= wanted || back === track.count - 1) {
      const to = track.times[later] ?? 0;
      const next = track.samples[later];
      if (index === later || !next) out.copy(earlier);
      else between(earlier, next, Math.min(1, Math.max(0, (wanted - from) / (to - from))), out);
      return;
    }
    later = index;
  }
}

/** Between two poses. What one of them lacks, and a pointer on another part, comes from the later one at once. */
function between(a: Pose, b: Pose, at: number, out: Pose): void {
  out.copy(b);
  if (at >= 1) return;
  blend(a.head, b.head, at, out.head);
  if (a.has(POSE.left) && b.has(POSE.left)) blend(a.left, b.left, at, out.left);
  if (a.has(POSE.right) && b.has(POSE.right)) blend(a.right, b.right, at, out.right);
  if (a.has(POSE.lens) && b.has(POSE.lens) && a.fov < 0 === b.fov < 0) {
    out.targetDistance = a.targetDistance + (b.targetDistance - a.targetDistance) * at;
    out.fov = a.fov + (b.fov - a.fov) * at;
  }
  const samePart = a.pointerOccurrence === b.pointerOccurrence && a.pointerLayer === b.pointerLayer;
  if (a.has(POSE.pointer) && b.has(POSE.pointer) && samePart) {
    for (let axis = 0; axis < 3; axis += 1) {
      const from = a.pointer[axis] ?? 0;
      out.pointer[axis] = from + ((b.pointer[axis] ?? 0) - from) * at;
    }
  }
}

/** Position along the line, rotation along the shorter way, normalised: enough for 50 ms of a head. */
function blend(a: Float64Array, b: Float64Array, at: number, out: Float64Array): void {
  for (let axis = 0; axis < 3; axis += 1) {
    const from = a[axis] ?? 0;
    out[axis] = from + ((b[axis] ?? 0) - from) * at;
  }
  let dot = 0;
  for (let index = 3; index < 7; index += 1) dot += (a[index] ?? 0) * (b[index] ?? 0);
  const sign = dot < 0 ? -1 : 1;
  let squares = 0;
  for (let index = 3; index < 7; index += 1) {
    const value = (a[index] ?? 0) * (1 - at) + sign * (b[index] ?? 0) * at;
    out[index] = value;
    squares += value * value;
  }
  const length = Math.sqrt(squares) || 1;
  for (let index = 3; index < 7; index += 1) out[index] = (out[index] ?? 0) / length;
}
