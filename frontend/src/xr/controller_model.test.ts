import {
  BoxGeometry,
  Group,
  Mesh,
  MeshBasicMaterial,
  MeshMatcapMaterial,
  MeshStandardMaterial,
  Object3D,
  Texture,
} from "three";
import { expect, it, vi } from "vitest";
import { type ControllerFiles, ControllerModel } from "./controller_model";
import type { ProfileFile, Source } from "./controller_profiles";

const FILE: ProfileFile = {
  layouts: {
    left: {
      assetPath: "left.glb",
      components: {
        trigger: {
          gamepadIndices: { button: 0 },
          visualResponses: {
            pressed: {
              componentProperty: "button",
              valueNodeProperty: "transform",
              valueNodeName: "value",
              minNodeName: "min",
              maxNodeName: "max",
            },
          },
        },
      },
    },
  },
};
const source = (value: number): Source => ({
  profiles: ["pico-4"],
  handedness: "left",
  gamepad: { buttons: [{ value, pressed: false }], axes: [] },
});

function files(asked: string[]): { port: ControllerFiles; mesh: Mesh } {
  const scene = new Group();
  const named = (name: string, x: number): Object3D => {
    const node = new Object3D();
    node.name = name;
    node.position.x = x;
    return node;
  };
  const mesh = new Mesh(new BoxGeometry(), new MeshBasicMaterial());
  scene.add(named("min", 0), named("max", 1), named("value", 0), mesh);
  return {
    mesh,
    port: {
      profile: (path) => {
        asked.push(path);
        return Promise.resolve(FILE);
      },
      model: (path) => {
        asked.push(path);
        return Promise.resolve(scene);
      },
    },
  };
}

it("shows the source's own controller and moves its buttons", async () => {
  const asked: string[] = [];
  const model = new ControllerModel(files(asked).port);
  const shown = model.attach(source(0));
  await vi.waitFor(() => expect(model.ready).toBe(true));
  expect(asked).toEqual(["pico-4/profile.json", "pico-4/left.glb"]);
  model.update(source(0.25));
  expect(shown.getObjectByName("value")?.position.x).toBeCloseTo(0.25);
});

it("brings its own light, for there are no lamps where it is shown; its picture stays", async () => {
  const { port, mesh } = files([]);
  const map = new Texture();
  const rough = new Texture();
  const freed = vi.fn();
  rough.addEventListener("dispose", freed);
  mesh.material = new MeshStandardMaterial({ map, roughnessMap: rough });
  const model = new ControllerModel(port);
  model.attach(source(0));
  await vi.waitFor(() => expect(model.ready).toBe(true));
  expect(mesh.material).toBeInstanceOf(MeshMatcapMaterial);
  expect(mesh.material).toMatchObject({ map });
  expect(freed).toHaveBeenCalledOnce();
});

it("loads nothing for a bare hand: its joints are drawn", () => {
  const asked: string[] = [];
  const model = new ControllerModel(files(asked).port);
  model.attach({ ...source(0), hand: {} });
  expect([asked, model.ready]).toEqual([[], false]);
});

it("says why there is no model, and the source goes on without", async () => {
  const port = { ...files([]).port, profile: () => Promise.reject(new Error("404")) };
  const model = new ControllerModel(port);
  model.attach(source(0));
  await vi.waitFor(() => expect(model.problem).toBe("404"));
  model.update(source(1));
  expect([model.ready, model.group.children.length]).toEqual([false, 0]);
});

it("gives everything back, also what arrives after it was given up", async () => {
  const { port, mesh } = files([]);
  const freed = vi.fn();
  mesh.geometry.addEventListener("dispose", freed);
  const model = new ControllerModel(port);
  model.attach(source(0));
  model.dispose();
  await vi.waitFor(() => expect(freed).toHaveBeenCalledOnce());
  expect(model.group.children).toEqual([]);
});
