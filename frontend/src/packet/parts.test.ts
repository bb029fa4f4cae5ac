import {
  BoxGeometry,
  Color,
  Group,
  type InstancedMesh,
  Matrix4,
  Mesh,
  MeshStandardMaterial,
  Raycaster,
  Scene,
  Vector3,
} from "three";
import { expect, test } from "vitest";
import { Parts } from "./parts";

/** An assembly with two equal bolts, one of them mirrored, and a plate of two primitives. */
function loaded(): Group {
  const root = new Group();
  const assembly = new Group();
  assembly.userData = { id: "assembly", name: "Fixture" };
  const bolt = new BoxGeometry(1, 1, 1);
  const steel = new MeshStandardMaterial({ color: 0x303030 });
  [0, 5].forEach((x, at) => {
    const mesh = new Mesh(bolt, steel);
    mesh.userData = { id: `bolt-${String(at)}`, name: "Bolt" };
    mesh.position.x = x;
    if (at === 1) mesh.scale.x = -1;
    assembly.add(mesh);
  });
  const plate = new Group();
  plate.userData = { id: "plate", name: "Plate" };
  plate.position.y = 10;
  for (const colour of [0xff0000, 0x00ff00])
    plate.add(new Mesh(new BoxGeometry(2, 1, 2), new MeshStandardMaterial({ color: colour })));
  assembly.add(plate);
  root.add(assembly);
  return root;
}

function made(): { parts: Parts; scene: Scene } {
  const scene = new Scene();
  return { parts: new Parts(scene, loaded(), "#ff9a1f"), scene };
}

const colourAt = (mesh: InstancedMesh, at: number): string => {
  const colour = new Color();
  mesh.getColorAt(at, colour);
  return `#${colour.getHexString()}`;
};

test("each row of the tree is one part, with its name, path and bounds", () => {
  const { parts } = made();
  expect(parts.parts.map(({ id, name, path }) => [id, name, path.join("/")])).toEqual([
    ["bolt-0", "Bolt", "Fixture/Bolt"],
    ["bolt-1", "Bolt", "Fixture/Bolt"],
    ["plate", "Plate", "Fixture/Plate"],
  ]);
  expect(parts.parts[2]?.bounds.min.toArray()).toEqual([-1, 9.5, -1]);
});

test("an assembly's id stands for all below it", () => {
  const { parts } = made();
  expect([...parts.numbered(["assembly"])]).toEqual([0, 1, 2]);
  expect([...parts.numbered(["bolt-1", "nothing"])]).toEqual([1]);
});

test("a mirrored part stands where it stood, with its front outside", () => {
  const { parts } = made();
  const mirrored = parts.meshes.find((mesh) => mesh.matrix.determinant() < 0);
  const at = new Matrix4();
  mirrored?.getMatrixAt(0, at);
  at.premultiply(mirrored?.matrix ?? new Matrix4());
  expect(new Vector3().setFromMatrixPosition(at).toArray()).toEqual([5, 0, 0]);
  expect(at.determinant()).toBeLessThan(0);
});

test("a ray finds the part, and nothing where it is hidden", () => {
  const { parts, scene } = made();
  const ray = new Raycaster(new Vector3(0, 0, 20), new Vector3(0, 0, -1));
  const hit = () => {
    scene.updateMatrixWorld(true);
    const [first] = ray.intersectObjects([...parts.meshes], false);
    return first?.instanceId === undefined ? -1 : parts.partAt(first.object, first.instanceId);
  };
  expect(hit()).toBe(0);
  parts.show((number) => number !== 0);
  expect(hit()).toBe(-1);
  parts.show(() => true);
  expect(hit()).toBe(0);
});

test("changed parts take their colour, the rest grey, and a selection stands out until it goes", () => {
  const { parts } = made();
  const bolts = parts.meshes[0];
  if (!bolts) throw new Error("no mesh");
  const own = bolts.material;
  parts.colour(new Map([[0, "#2b7bd6"]]), "#d5d9de");
  expect(bolts.material).not.toBe(own);
  expect(colourAt(bolts, 0)).toBe("#2b7bd6");
  parts.select(0);
  expect(colourAt(bolts, 0)).toBe("#ff9a1f");
  parts.select(2);
  expect(colourAt(bolts, 0)).toBe("#2b7bd6");
  parts.colour(null, "#d5d9de");
  expect(bolts.material).toBe(own);
  expect(colourAt(bolts, 0)).toBe("#ffffff");
});
