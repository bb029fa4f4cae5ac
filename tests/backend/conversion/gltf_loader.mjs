/** What three.js' GLTFLoader makes of the files named: JSON {file: [meshes]}; pictures are counted, not decoded. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(new URL("../../../frontend/package.json", import.meta.url));
const load = (name) => import(pathToFileURL(require.resolve(name)).href);
const { GLTFLoader } = await load("three/addons/loaders/GLTFLoader.js");
const { Box3 } = await load("three/src/math/Box3.js");
const { MeshoptDecoder } = await load("meshoptimizer");

globalThis.self = globalThis;
globalThis.createImageBitmap = async (blob) => ({
  width: 1,
  height: 1,
  type: blob.type,
  bytes: blob.size,
  close() {},
});

await MeshoptDecoder.ready;
const answer = {};
for (const file of process.argv.slice(2)) {
  const loader = new GLTFLoader();
  loader.setMeshoptDecoder(MeshoptDecoder);
  const bytes = readFileSync(file);
  const { scene } = await loader.parseAsync(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
    "",
  );
  scene.updateMatrixWorld(true);
  const meshes = [];
  scene.traverse((object) => {
    if (!object.isMesh) return;
    const { geometry, material } = object;
    const part = object.userData.part ?? object.parent.userData.part ?? null;
    const box = new Box3();
    const place = geometry.attributes.position;
    const corner = object.position.clone();
    for (let index = 0; index < place.count; index += 1) {
      box.expandByPoint(corner.fromBufferAttribute(place, index).applyMatrix4(object.matrixWorld));
    }
    const textures = {};
    for (const [name, value] of Object.entries(material)) {
      if (!value?.isTexture) continue;
      textures[name] = {
        type: value.image.type,
        bytes: value.image.bytes,
        channel: value.channel,
        repeat: value.repeat.toArray(),
        offset: value.offset.toArray(),
        wrap: [value.wrapS, value.wrapT],
      };
    }
    meshes.push({
      part,
      name: object.name,
      triangles: geometry.index.count / 3,
      attributes: Object.keys(geometry.attributes).sort(),
      bounds: [box.min.toArray(), box.max.toArray()],
      material: material.type,
      name_of_material: material.name,
      metalness: material.metalness,
      roughness: material.roughness,
      clearcoat: material.clearcoat,
      transmission: material.transmission,
      transparent: material.transparent,
      alphaTest: material.alphaTest,
      vertexColors: material.vertexColors,
      side: material.side,
      textures,
    });
  });
  answer[file] = meshes;
}
process.stdout.write(JSON.stringify(answer));
