import { GLTFLoaderPlugin, Viewer } from "@xeokit/xeokit-sdk";

const viewer = new Viewer({ canvasId: "canvas", transparent: true });
const loader = new GLTFLoaderPlugin(viewer);
window.peer = {
  load: (model) =>
    new Promise((resolve, reject) => {
      const loaded = loader.load({ id: "model", src: model, edges: true, autoMetaModel: true });
      loaded.on("error", reject);
      loaded.on("loaded", () => {
        viewer.cameraFlight.jumpTo(loaded);
        resolve();
      });
    }),
  settled: () => true,
  step: () => viewer.camera.orbitYaw(1.2),
  pick: (x, y) => viewer.scene.pick({ canvasPos: [x, y] }) !== null,
  hideOthers: () => {
    const { objectIds } = viewer.scene;
    viewer.scene.setObjectsVisible(objectIds.slice(1), false);
  },
};
