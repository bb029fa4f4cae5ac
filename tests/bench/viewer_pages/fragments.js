import * as FRAGS from "@thatopen/fragments";
import workerUrl from "@thatopen/fragments/worker?url";
import * as THREE from "three";

const canvas = document.querySelector("#canvas");
const renderer = new THREE.WebGLRenderer({ canvas, antialias: true });
renderer.setSize(640, 400, false);
const scene = new THREE.Scene();
scene.background = new THREE.Color(0xe6eaee);
scene.add(new THREE.AmbientLight(0xffffff, 1.5), new THREE.DirectionalLight(0xffffff, 2));
const camera = new THREE.PerspectiveCamera(45, 640 / 400, 0.1, 5000);
const fragments = new FRAGS.FragmentsModels(workerUrl);
let middle = new THREE.Vector3();
let radius = 10;
let angle = 0.8;
let model = null;
const place = () => {
  camera.position.set(
    middle.x + radius * Math.cos(angle),
    middle.y + radius * 0.6,
    middle.z + radius * Math.sin(angle),
  );
  camera.lookAt(middle);
  camera.updateMatrixWorld();
};
window.peer = {
  async load(url) {
    const bytes = await (await fetch(url)).arrayBuffer();
    model = await fragments.load(bytes, { modelId: "model" });
    model.useCamera(camera);
    scene.add(model.object);
    await fragments.update(true);
    const box = model.box ?? new THREE.Box3().setFromObject(model.object);
    box.getCenter(middle);
    radius = box.getSize(new THREE.Vector3()).length() * 0.9;
    place();
    const draw = () => {
      fragments.update();
      renderer.render(scene, camera);
      requestAnimationFrame(draw);
    };
    requestAnimationFrame(draw);
    await fragments.update(true);
  },
  settled: () => true,
  step: () => {
    angle += 0.02;
    place();
  },
  async pick(x, y) {
    const hit = await model.raycast({ camera, mouse: new THREE.Vector2(x, y), dom: canvas });
    return hit !== null && hit !== undefined;
  },
  async hideOthers() {
    const ids = await model.getItemsIdsWithGeometry();
    await model.setVisible(ids.slice(1), false);
    await fragments.update(true);
  },
};
