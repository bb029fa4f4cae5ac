import { Quaternion } from "three";
import { expect, test } from "vitest";
import { type Grabbable, Grabbing, type Grip } from "./grabbing";

function grip(x: number): Grip {
  const position = [x, 1, 0] as const;
  return {
    side: "right",
    position,
    quaternion: new Quaternion(),
    tip: position,
    forward: [0, 0, -1],
  };
}

function thing(at: number, said: string[], name: string): Grabbable {
  const say = (what: string) => (held: Grip) =>
    void said.push(`${what} ${name} ${held.position[0]}`);
  return {
    reach: ({ position }) => (Math.abs(position[0] - at) < 0.5 ? Math.abs(position[0] - at) : null),
    grab: say("grab"),
    move: say("move"),
    let: say("let"),
  };
}

test("a closing hand takes the nearest thing in reach, carries it and lets it go where it opened", () => {
  const said: string[] = [];
  const things = [thing(0, said, "knife"), thing(0.3, said, "pin")];
  const grabbing = new Grabbing<string>(() => things);
  expect(grabbing.take("right", grip(0.2))).toBe(true);
  grabbing.follow("right", grip(0.4));
  grabbing.drop("right");
  grabbing.follow("right", grip(0.6));
  expect(said).toEqual(["grab pin 0.2", "move pin 0.4", "let pin 0.4"]);
});

test("a hand with nothing in reach holds nothing, and what is held is let go when all ends", () => {
  const said: string[] = [];
  const grabbing = new Grabbing<string>(() => [thing(0, said, "knife")]);
  expect(grabbing.take("left", grip(2))).toBe(false);
  expect(grabbing.holds("left")).toBe(false);
  grabbing.take("left", grip(0));
  grabbing.dropAll();
  expect(said).toEqual(["grab knife 0", "let knife 0"]);
});
