/** How lengths, angles and masses are written for this person. */

import { type Readable, Store, derived } from "../store";
import {
  ANGLE_UNITS,
  DISPLAY_UNITS,
  type DisplayUnit,
  FRACTIONS,
  MASS_UNITS,
  MOST_DECIMALS,
  type NumberChoice,
  type NumberStyle,
  USUAL_NUMBERS,
} from "../units";

export interface Numbering {
  readonly unit: Store<DisplayUnit>;
  readonly numbers: Store<NumberChoice>;
  /** Both together: what every number is formatted with. */
  readonly style: Readable<NumberStyle>;
}

export function createNumbering(): Numbering {
  const unit = new Store<DisplayUnit>("mm");
  const numbers = new Store(USUAL_NUMBERS);
  const style = derived([unit, numbers], () => ({ ...numbers.get(), unit: unit.get() }));
  return { unit, numbers, style };
}

/** A choice from plain data, for example as it was stored; what does not fit is as usual. */
export function readNumbers(value: unknown): NumberChoice {
  const raw: Readonly<Record<string, unknown>> =
    typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
  const { decimals } = raw;
  const whole = typeof decimals === "number" && Number.isInteger(decimals);
  return {
    decimals: whole && decimals >= 0 && decimals <= MOST_DECIMALS ? decimals : null,
    fraction: FRACTIONS.find((each) => each === raw["fraction"]) ?? USUAL_NUMBERS.fraction,
    angle: ANGLE_UNITS.find((each) => each === raw["angle"]) ?? USUAL_NUMBERS.angle,
    mass: MASS_UNITS.find((each) => each === raw["mass"]) ?? null,
    second: DISPLAY_UNITS.find((each) => each === raw["second"]) ?? null,
  };
}
