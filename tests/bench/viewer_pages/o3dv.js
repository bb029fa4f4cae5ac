import * as OV from "online-3d-viewer";

const canvas = document.querySelector("#canvas");
const parent = document.createElement("div");
parent.style.cssText = "width:640px;height:400px";
canvas.replaceWith(parent);
window.peer = {
  load: (model) =>
    new Promise((resolve, reject) => {
      const embedded = new OV.EmbeddedViewer(parent, {
        onModelLoaded: () => {
          window.viewer = embedded.GetViewer();
          resolve();
        },
        onModelLoadFailed: () => reject(new Error("o3dv could not load the model")),
      });
      embedded.LoadModelFromUrlList([model]);
    }),
  settled: () => true,
  step: () => {
    window.viewer.navigation.Orbit(4, 0);
    window.viewer.Render();
  },
  pick: (x, y) =>
    window.viewer.GetMeshUserDataUnderMouse(OV.IntersectionMode.MeshAndLine, { x, y }) !== null,
  hideOthers: () => {
    let first = true;
    window.viewer.SetMeshesVisibility(() => {
      const shown = first;
      first = false;
      return shown;
    });
  },
};
