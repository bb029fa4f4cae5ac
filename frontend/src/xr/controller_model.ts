/**
 * What an input source looks like: its own controller with the buttons moving, or the joints of a bare hand.
 * Loaded from this server when it is first seen; until then, and when that fails, `ready` is false and the plain
 * shapes of `hands.ts` stay.
 * `group` is in the grip's space, metres.
 */

import {
  Group,
  type Material,
  Mesh,
  MeshMatcapMaterial,
  MeshStandardMaterial,
  type Object3D,
  type Texture,
  TextureLoader,
} from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import {
  type Moving,
  type ProfileFile,
  type Source,
  assetOf,
  movingOf,
  profileOf,
} from "./controller_profiles";

/** Fetches what it is asked for under this folder. */
export interface ControllerFiles {
  profile(path: string): Promise<ProfileFile>;
  model(path: string): Promise<Object3D>;
}

interface Part {
  readonly node: Object3D;
  readonly min: Object3D;
  readonly max: Object3D;
  readonly moving: Moving;
}

declare const __CONTROLLERS__: string;

/** From this server; the version stands in the folder's name. */
export function servedFiles(folder = `/assets/controllers-${__CONTROLLERS__}`): ControllerFiles {
  const loader = new GLTFLoader();
  loader.register((parser) => {
    // The image-bitmap loader fetches blob: addresses, which the content security policy forbids.
    parser.textureLoader = new TextureLoader(parser.options.manager);
    return { name: "holotable-pictures" };
  });
  return {
    profile: async (path) => {
      const answer = await fetch(`${folder}/${path}`);
      if (!answer.ok) throw new Error(`${path}: ${String(answer.status)}`);
      return (await answer.json()) as ProfileFile; // `as`: our own build wrote it
    },
    model: async (path) => (await loader.loadAsync(`${folder}/${path}`)).scene,
  };
}

/** One source's looks. */
export class ControllerModel {
  readonly group = new Group();
  /** The real model is there: the plain shapes may go. */
  ready = false;
  /** Why it is not there; null: it is, or is still coming. */
  problem: string | null = null;
  private readonly files: ControllerFiles;
  private parts: readonly Part[] = [];
  private disposed = false;

  constructor(files: ControllerFiles = servedFiles()) {
    this.files = files;
  }

  /** Begins to load what this source looks like; returns what to put on its grip. Bare hands are drawn by their joints. */
  attach(source: Source): Object3D {
    if (!source.hand) void this.load(source);
    return this.group;
  }

  /** Moves the buttons to where they are; allocates nothing. */
  update(source: Source): void {
    for (const { node, min, max, moving } of this.parts) {
      const value = moving.value(source);
      node.position.lerpVectors(min.position, max.position, value);
      node.quaternion.slerpQuaternions(min.quaternion, max.quaternion, value);
    }
  }

  dispose(): void {
    this.disposed = true;
    this.group.removeFromParent();
    for (const child of this.group.children) disposeOf(child);
    this.group.clear();
    this.parts = [];
  }

  private async load(source: Source): Promise<void> {
    try {
      const profile = profileOf(source);
      const file = await this.files.profile(`${profile}/profile.json`);
      const asset = assetOf(file, source.handedness);
      if (!asset) throw new Error(`${profile} has no model`);
      const scene = await this.files.model(`${profile}/${asset.path}`);
      if (this.disposed) {
        disposeOf(scene);
        return;
      }
      this.parts = movingOf(file, asset.side).flatMap((moving): Part[] => {
        const [node, min, max] = [moving.node, moving.min, moving.max].map((name) =>
          scene.getObjectByName(name),
        );
        return node && min && max ? [{ node, min, max, moving }] : [];
      });
      lightOf(scene);
      this.group.add(scene);
      this.ready = true;
    } catch (cause) {
      // A hand without its own looks is a hand all the same.
      this.problem = cause instanceof Error ? cause.message : String(cause);
    }
  }
}

/** The scene has no lamps (parts are shaded by their own programs): without light of its own a controller is black. */
function lightOf(root: Object3D): void {
  root.traverse((child) => {
    if (!(child instanceof Mesh) || !(child.material instanceof MeshStandardMaterial)) return;
    const { color, map, side, ...old } = child.material;
    child.material.dispose();
    for (const value of Object.values(old)) if (isTexture(value)) value.dispose();
    child.material = new MeshMatcapMaterial({ color, map, side });
  });
}

function disposeOf(root: Object3D): void {
  root.traverse((child) => {
    if (!(child instanceof Mesh)) return;
    child.geometry.dispose();
    const materials: Material[] = [child.material].flat();
    for (const material of materials) {
      for (const value of Object.values(material)) if (isTexture(value)) value.dispose();
      material.dispose();
    }
  });
}

function isTexture(value: unknown): value is Texture {
  return typeof value === "object" && value !== null && "isTexture" in value;
}
