/**
 * Keeps a headset at its rate: from the time between pictures it gives up one thing after the other in the order of
 * UX.md §4.12 and takes it back when there has been room for long enough. Pure: it knows no clock and no scene.
 */

/**
 * What is given up, first to last. Ambient occlusion, second in UX.md, is never on in a headset. `isolate`: nothing is
 * left to give up, and the user is asked to look at less.
 */
export const STEPS = ["edges", "far", "small", "foveation", "framebuffer", "isolate"] as const;
export type Step = (typeof STEPS)[number];

/** Hz; a store's floor and ours (UX.md §4.12). */
export const FLOOR_HZ = 72;
/** Hz; taken when the floor is held with nothing given up. */
const WISH_HZ = 90;
/** Below this a picture that judders is dimmed. */
const JUDDER_HZ = 60;
const WINDOW_MS = 1000;
/** Shares of the rate below which something is given up, and from which on there may be room. */
const SLOW = 0.9;
const HELD = 0.97;
/** Longer than this is no picture: the headset slept. */
const PAUSE_MS = 5000;
/** Windows in a row: to dim, to take something back, and to try the higher rate. */
const TO_DIM = 2;
const TO_RECOVER = 6;
const TO_SPEED_UP = 10;
/** What had to be given up again right after it was taken back waits twice as long the next time, windows. */
const LONGEST_WAIT = 96;

/** What to draw with now. */
export interface Thrift {
  /** Number of STEPS that are given up, from the first on. */
  readonly given: number;
  /** Half as bright: below 60 pictures a second for two seconds. */
  readonly dimmed: boolean;
  /** Hz that the headset should be asked for. */
  readonly rate: number;
}

/** One stay in the headset. */
export class Governor {
  private readonly rates: readonly number[];
  private given = 0;
  private dimmed = false;
  private rate: number;
  private pictures = 0;
  private spentMs = 0;
  private judders = 0;
  private held = 0;
  private wait = TO_RECOVER;
  private sinceRecovery = Infinity;
  /** The higher rate was tried and not held. */
  private noFaster = false;

  /** supported: rates that the headset offers, Hz; none: it does not say. */
  constructor(supported: readonly number[] = []) {
    this.rates = [...supported].sort((a, b) => a - b);
    this.rate = this.rates.find((hz) => hz >= FLOOR_HZ) ?? this.rates.at(-1) ?? FLOOR_HZ;
  }

  get thrift(): Thrift {
    return { given: this.given, dimmed: this.dimmed, rate: this.rate };
  }

  /** The headset shows so many pictures a second, whatever it was asked for. */
  runsAt(hz: number): void {
    if (hz > 0) this.rate = hz;
  }

  /** A picture came so long after the one before. Whether anything is another from now on. */
  picture(elapsedMs: number): boolean {
    if (elapsedMs > PAUSE_MS) {
      this.pictures = 0;
      this.spentMs = 0;
      return false;
    }
    this.pictures += 1;
    this.spentMs += elapsedMs;
    if (this.spentMs < WINDOW_MS) return false;
    const hz = (this.pictures * 1000) / this.spentMs;
    this.pictures = 0;
    this.spentMs = 0;
    return this.judge(hz);
  }

  private judge(hz: number): boolean {
    const before = this.thrift;
    this.sinceRecovery += 1;
    this.judders = hz < JUDDER_HZ ? this.judders + 1 : 0;
    this.dimmed = this.judders >= TO_DIM;
    this.held = hz >= this.rate * HELD ? this.held + 1 : 0;
    if (hz < this.rate * SLOW) this.giveUp();
    else if (this.given > 0 && this.held >= this.wait) this.takeBack();
    else if (this.given === 0 && this.held >= TO_SPEED_UP) this.speedUp();
    const { given, dimmed, rate } = this.thrift;
    return given !== before.given || dimmed !== before.dimmed || rate !== before.rate;
  }

  private giveUp(): void {
    this.held = 0;
    const floor = this.rates.find((hz) => hz >= FLOOR_HZ);
    if (floor !== undefined && this.rate > floor) {
      this.rate = floor;
      this.noFaster = true;
      return;
    }
    if (this.sinceRecovery <= this.wait) this.wait = Math.min(LONGEST_WAIT, this.wait * 2);
    this.sinceRecovery = Infinity;
    this.given = Math.min(STEPS.length, this.given + 1);
  }

  private takeBack(): void {
    this.held = 0;
    this.given -= 1;
    this.sinceRecovery = 0;
  }

  private speedUp(): void {
    this.held = 0;
    const faster = this.rates.filter((hz) => hz > this.rate && hz <= WISH_HZ).at(-1);
    if (faster !== undefined && !this.noFaster) this.rate = faster;
  }
}

/** What the steps mean for a picture. */
export interface Means {
  readonly edges: boolean;
  /** Share of the triangles. */
  readonly triangles: number;
  /** Pixels below which a part is not drawn. */
  readonly leastPixels: number;
  /** 0 to 1. */
  readonly foveation: number;
  /** Share of the framebuffer's sides that is drawn. */
  readonly viewportScale: number;
  readonly isolate: boolean;
}

/** given: number of STEPS. */
export function meansOf(given: number): Means {
  const gave = (step: Step): boolean => given > STEPS.indexOf(step);
  return {
    edges: !gave("edges"),
    triangles: gave("far") ? 0.5 : 1,
    leastPixels: gave("small") ? 8 : 1,
    foveation: gave("foveation") ? 1 : 0.35,
    viewportScale: gave("framebuffer") ? 0.8 : 1,
    isolate: gave("isolate"),
  };
}
