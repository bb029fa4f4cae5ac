import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { stubCanvas } from "../seat_fixture.test-data";
import { Label, textHeight } from "./label";

beforeEach(stubCanvas);
afterEach(() => vi.unstubAllGlobals());

test("its letters are 0.75° high wherever it stands, and it looks at the head", () => {
  const label = new Label();
  for (const z of [-0.5, -2, -10]) {
    label.show("40.00 mm", [0, 1.6, z], [0, 1.6, 0], "light");
    expect(label.textHeight_m).toBeCloseTo(textHeight(-z), 9);
    expect((Math.atan(label.textHeight_m / -z) * 180) / Math.PI).toBeCloseTo(0.75, 3);
    expect(label.board.meet([0, 1.6, 0], [0, 0, -1])?.distance).toBeCloseTo(-z, 6);
  }
});

test("nothing to say is nothing to see", () => {
  const label = new Label();
  label.show("a", [0, 0, -1], [0, 0, 0], "dark");
  label.show(null, [0, 0, -1], [0, 0, 0], "dark");
  expect([label.text, label.board.mesh.visible]).toEqual([null, false]);
});
