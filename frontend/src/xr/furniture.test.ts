import { type LineSegments, Mesh, type MeshBasicMaterial } from "three";
import { expect, test } from "vitest";
import { Furniture } from "./furniture";

test("nothing of the room hides a part: it is drawn first, the farthest first, and writes no depth", () => {
  const furniture = new Furniture();
  const orders: number[] = [];
  furniture.group.traverse((child) => {
    if (child === furniture.group || !("material" in child)) return;
    const { renderOrder, material } = child as Mesh<never, MeshBasicMaterial> | LineSegments;
    orders.push(renderOrder);
    if (child instanceof Mesh)
      expect((material as MeshBasicMaterial).depthWrite, child.geometry.type).toBe(false);
  });
  expect(orders).toEqual([...orders].sort((a, b) => a - b));
  expect(Math.max(...orders)).toBeLessThan(0);
  expect(new Set(orders).size).toBe(orders.length);
});

test("the table stands at the height that is asked for, and only where the model is on one", () => {
  const furniture = new Furniture();
  const table = furniture.group.children[2];
  furniture.show("table", "light", 0.75);
  expect([table?.visible, table?.position.y]).toEqual([true, 0.75]);
  furniture.show("one_to_one", "dark", 0.9);
  expect(table?.visible).toBe(false);
  furniture.dispose();
});
