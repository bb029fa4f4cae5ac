/**
 * The chip that says less is drawn, the frame times, and the dimming of a picture that judders. Chip and times stand
 * before the body, not the head: they come along when one turns away from them. User space, metres.
 */

import { BackSide, BoxGeometry, Group, Matrix4, Mesh, MeshBasicMaterial, Vector3 } from "three";
import type { Vec3 } from "../state/model";
import { Board } from "./board";
import { chipOf, hudLines } from "./budget_words";
import type { EyeNumbers, HeadsetLevels } from "./headset_levels";
import type { RayTarget } from "./ray_target";
import type { Seat, SeatPart, Tick } from "./seat";

const CHIP = { width: 0.3, height: 0.045, px: 480 } as const;
const HUD = { width: 0.36, height: 0.12, px: 576 } as const;
const FONT = "system-ui, sans-serif";
/** From the eyes, along the body: ahead and below, out of the way of the model. */
const AHEAD_M = 0.9;
const CHIP_BELOW_M = 0.42;
const HUD_BELOW_M = 0.52;
/** They come along when the head has turned or gone so far from where they stand. */
const TURN_AWAY = (35 * Math.PI) / 180;
const GO_AWAY_M = 0.4;
const REDRAW_MS = 500;
/** UX.md §4.12: half as bright, in a third of a second. */
const DIM = 0.5;
const DIM_MS = 330;
/** Pictures of which the script's time is remembered. */
const REMEMBERED = 240;

/** Numbers for tests, per eye; user space. */
export interface BudgetDebug extends EyeNumbers {
  /** Milliseconds of JavaScript of the last pictures, GL calls included. */
  readonly jsMs: number;
  readonly js95Ms: number;
  readonly lastMs: number;
  /** How many pictures that is of. */
  readonly pictures: number;
  readonly given: number;
  readonly dim: number;
  readonly chip: string | null;
  readonly chipAt: Vec3 | null;
  readonly hud: readonly string[] | null;
  readonly auto: boolean;
  readonly foveation: number | null;
  readonly rate: number;
}

/** See the head of the file. */
export class BudgetView implements RayTarget, SeatPart {
  readonly group = new Group();
  readonly target = this;
  private readonly seat: Seat;
  private readonly levels: HeadsetLevels;
  private readonly chip = new Board(CHIP.width, CHIP.height, CHIP.px, CHIP.px * 0.15);
  private readonly hud = new Board(HUD.width, HUD.height, HUD.px, HUD.px / 3);
  /** A dark glass around the head. */
  private readonly glass = new Mesh(
    new BoxGeometry(1, 1, 1),
    new MeshBasicMaterial({
      color: 0x000000,
      transparent: true,
      opacity: 0,
      side: BackSide,
      depthTest: false,
      depthWrite: false,
    }),
  );
  private readonly stops: (() => void)[];
  private readonly spent = new Float32Array(REMEMBERED);
  private pictures = 0;
  private shownHud = false;
  private text: string | null = null;
  private pressable = false;
  private over = false;
  private lines: readonly string[] = [];
  private drawnMs = -Infinity;
  private lastMs = -Infinity;
  private rate = 0;
  /** Where the body was when the boards were put there: head, and radians about the vertical. */
  private body: { readonly head: Vec3; readonly yaw: number } | null = null;

  constructor(seat: Seat, levels: HeadsetLevels) {
    this.seat = seat;
    this.levels = levels;
    this.glass.renderOrder = 9; // boards stay bright
    this.glass.visible = false;
    this.glass.frustumCulled = false;
    this.group.add(this.chip.mesh, this.hud.mesh, this.glass);
    const { commands, workspace } = seat.viewer;
    workspace.autoDetail.set(levels.auto);
    const outdate = (): void => {
      this.drawnMs = -Infinity;
    };
    this.stops = [
      commands.register("xr.hud", ({ on }) => {
        this.shownHud = on ?? !this.shownHud;
        workspace.frameTimes.set(this.shownHud);
        outdate();
      }),
      commands.register("xr.detail", ({ auto }) => {
        levels.setAuto(auto);
        workspace.autoDetail.set(auto);
        outdate();
      }),
      ...[workspace.theme, workspace.selection, workspace.memoryRanOut].map((store) =>
        store.subscribe(outdate),
      ),
    ];
  }

  entered(): void {
    this.pictures = 0;
    this.body = null;
    this.drawnMs = -Infinity;
    this.lastMs = -Infinity;
  }

  update({ nowMs }: Tick): void {
    const elapsed = nowMs - this.lastMs;
    this.lastMs = nowMs;
    if (Number.isFinite(elapsed) && elapsed > 0)
      this.rate += (1000 / elapsed - this.rate) * (this.rate === 0 ? 1 : 0.1);
    this.dimTo(this.levels.dimmed ? DIM : 0, elapsed);
    if (nowMs - this.drawnMs >= REDRAW_MS) {
      this.drawnMs = nowMs;
      this.draw();
    }
    if (this.text !== null || this.shownHud) this.follow();
  }

  drawn(spentMs: number): void {
    this.spent[this.pictures % REMEMBERED] = spentMs;
    this.pictures += 1;
  }

  left(): void {
    this.glass.visible = false;
    this.glass.material.opacity = 0;
  }

  aim(origin: Vec3, direction: Vec3): number | null {
    const hit = this.pressable ? this.chip.meet(origin, direction) : null;
    if (this.over !== (hit !== null)) this.drawnMs = -Infinity;
    this.over = hit !== null;
    return hit?.distance ?? null;
  }

  press(): void {
    const { commands, workspace } = this.seat.viewer;
    const ranges = workspace.selection.get();
    if (this.over && !ranges.isEmpty) commands.run("visibility.isolate", { ranges });
  }

  release(): void {
    // Presses act at once: nothing is held.
  }

  debug(): BudgetDebug {
    const { levels, seat } = this;
    const spent = [...this.spent.subarray(0, Math.min(this.pictures, REMEMBERED))].sort(
      (a, b) => a - b,
    );
    return {
      ...levels.numbers,
      jsMs: spent[spent.length >> 1] ?? 0,
      js95Ms: spent[Math.floor(spent.length * 0.95)] ?? 0,
      lastMs: this.spent[(this.pictures + REMEMBERED - 1) % REMEMBERED] ?? 0,
      pictures: spent.length,
      given: levels.given,
      dim: this.glass.material.opacity,
      chip: this.text,
      chipAt: this.text === null ? null : this.chip.point(0.5, 0.5),
      hud: this.shownHud ? this.lines : null,
      auto: levels.auto,
      foveation: seat.viewer.renderer.xr.getFoveation() ?? null,
      rate: levels.rate,
    };
  }

  dispose(): void {
    for (const stop of this.stops) stop();
    this.chip.dispose();
    this.hud.dispose();
    this.glass.geometry.dispose();
    this.glass.material.dispose();
    this.group.removeFromParent();
  }

  private dimTo(wanted: number, elapsedMs: number): void {
    const { material } = this.glass;
    const step = (DIM * Math.min(elapsedMs, DIM_MS)) / DIM_MS;
    const to = wanted - material.opacity;
    material.opacity += Math.sign(to) * Math.min(Math.abs(to), step);
    this.glass.visible = material.opacity > 0;
    this.glass.position.set(...this.seat.head.position);
  }

  /** Stands before the body; stays there until the head has turned or gone away from it. */
  private follow(): void {
    const { position, quaternion } = this.seat.head;
    _ahead.set(0, 0, -1).applyQuaternion(quaternion);
    const yaw = Math.atan2(-_ahead.x, -_ahead.z);
    const { body } = this;
    const turned = body
      ? Math.abs(Math.atan2(Math.sin(yaw - body.yaw), Math.cos(yaw - body.yaw)))
      : Infinity;
    const gone = body
      ? Math.hypot(...position.map((value, axis) => value - (body.head[axis] ?? 0)))
      : Infinity;
    if (turned < TURN_AWAY && gone < GO_AWAY_M) return;
    this.body = { head: [...position], yaw };
    _eyes.set(...position);
    for (const [{ mesh }, below] of [
      [this.chip, CHIP_BELOW_M],
      [this.hud, HUD_BELOW_M],
    ] as const) {
      mesh.position.set(
        position[0] - Math.sin(yaw) * AHEAD_M,
        position[1] - below,
        position[2] - Math.cos(yaw) * AHEAD_M,
      );
      mesh.quaternion.setFromRotationMatrix(_look.lookAt(_eyes, mesh.position, _up));
    }
  }

  private draw(): void {
    const { levels, seat } = this;
    const { workspace } = seat.viewer;
    const said = chipOf({
      given: levels.given,
      memoryRanOut: workspace.memoryRanOut.get(),
      selected: !workspace.selection.get().isEmpty,
    });
    this.text = said?.text ?? null;
    this.pressable = said?.pressable ?? false;
    const dark = workspace.theme.get() === "dark";
    const [paper, ink] = dark ? ["#1b2129", "#f2c14e"] : ["#ffffff", "#8a5a00"];
    this.chip.draw(this.text !== null, (pen, width, height) => {
      pen.fillStyle = this.over ? "#0f6fc6" : paper;
      pen.beginPath();
      pen.roundRect(0, 0, width, height, height / 2);
      pen.fill();
      pen.fillStyle = this.over ? "#ffffff" : ink;
      pen.font = `600 ${height * 0.5}px ${FONT}`;
      pen.textAlign = "center";
      pen.textBaseline = "middle";
      pen.fillText(`△ ${this.text ?? ""}`, width / 2, height / 2, width - height);
      pen.textAlign = "left";
    });
    if (this.shownHud) {
      const { pictures, spent } = this;
      this.lines = hudLines({
        ...levels.numbers,
        rate: this.rate,
        wanted: levels.rate,
        jsMs: spent[(pictures + REMEMBERED - 1) % REMEMBERED] ?? 0,
        level: workspace.loading.get().level,
        given: levels.given,
      });
    }
    this.hud.draw(this.shownHud, (pen, width, height) => {
      pen.fillStyle = paper;
      pen.beginPath();
      pen.roundRect(0, 0, width, height, 14);
      pen.fill();
      pen.fillStyle = dark ? "#eef1f4" : "#1b2430";
      pen.font = `500 ${height * 0.19}px ${FONT}`;
      pen.textBaseline = "middle";
      this.lines.forEach((line, l) =>
        pen.fillText(line, 20, (height * (l + 0.7)) / this.lines.length / 1.12 + 4, width - 40),
      );
    });
  }
}

const _up = new Vector3(0, 1, 0);
const _eyes = new Vector3();
const _ahead = new Vector3();
const _look = new Matrix4();
