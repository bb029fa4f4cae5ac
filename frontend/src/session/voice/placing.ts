/** Where voices come from: the heads of the others and my own, as presence knows them. */

import { Pose } from "../../protocol/pose";
import type { Ear, Speakers } from "./speakers";

/** The others' poses and mine; in a headset mine is the headset's. */
export interface PlacedPeople {
  each(listener: (slot: number, pose: Pose) => void): void;
  mine(out: Pose): void;
}

const _mine = new Pose();

export class Placing {
  private readonly people: PlacedPeople;
  private readonly speakers: Speakers;

  constructor(people: PlacedPeople, speakers: Speakers) {
    this.people = people;
    this.speakers = speakers;
  }

  /** Puts everybody where they are; nothing while voices come from the middle. */
  update(spatial: boolean): void {
    if (!spatial) return;
    this.people.mine(_mine);
    this.speakers.ear(earOf(_mine));
    this.people.each((slot, { head }) => {
      this.speakers.place(slot, [head[0] ?? 0, head[1] ?? 0, head[2] ?? 0]);
    });
  }
}

/** Where a head listens: -z of its quaternion is forward, +y is up. */
export function earOf({ head }: Pose): Ear {
  const [px = 0, py = 0, pz = 0, x = 0, y = 0, z = 0, w = 1] = head;
  return {
    position: [px, py, pz],
    forward: [-2 * (x * z + w * y), -2 * (y * z - w * x), -(1 - 2 * (x * x + y * y))],
    up: [2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)],
  };
}
