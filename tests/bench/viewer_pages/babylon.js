import { ArcRotateCamera } from "@babylonjs/core/Cameras/arcRotateCamera";
import { Engine } from "@babylonjs/core/Engines/engine";
import { HemisphericLight } from "@babylonjs/core/Lights/hemisphericLight";
import { ImportMeshAsync } from "@babylonjs/core/Loading/sceneLoader";
import { Vector3 } from "@babylonjs/core/Maths/math.vector";
import { Scene } from "@babylonjs/core/scene";
import "@babylonjs/core/Culling/ray";
import "@babylonjs/loaders/glTF/2.0";

const canvas = document.querySelector("#canvas");
const engine = new Engine(canvas, true);
const scene = new Scene(engine);
new HemisphericLight("light", new Vector3(0.3, 1, 0.2), scene);
const camera = new ArcRotateCamera("camera", 0.8, 1, 5, Vector3.Zero(), scene);
scene.skipPointerMovePicking = true;
engine.runRenderLoop(() => scene.render());
window.peer = {
  async load(model) {
    await ImportMeshAsync(model, scene);
    const { min, max } = scene.getWorldExtends();
    camera.target = min.add(max).scale(0.5);
    camera.radius = max.subtract(min).length() * 1.1;
    camera.maxZ = camera.radius * 10;
    camera.minZ = camera.radius / 1000;
  },
  settled: () => scene.isReady(),
  step: () => {
    camera.alpha += 0.02;
  },
  pick: (x, y) => scene.pick(x, y)?.hit === true,
  hideOthers: () => {
    scene.meshes.forEach((mesh, index) => mesh.getTotalVertices() > 0 && mesh.setEnabled(index === 1));
  },
};
