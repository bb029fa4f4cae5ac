/** What the kernel is asked and what it answers. Metres and radians, doubles, one frame: that of the placements. */

import type { EntityKind } from "../../state/entities";
import type { Vec3 } from "../../state/model";
import type { Affine } from "./affine";
import type { MeshShape } from "./mesh";
import type { Solid } from "./solid";

/** An entity of an exact shape, where it stands. Make one with `ExactStore.placed`. */
export interface PlacedEntity {
  readonly type: "entity";
  readonly solid: Solid;
  readonly kind: EntityKind;
  /** −1 of a body: all faces of the part. */
  readonly index: number;
  /** Part frame → the frame of the results. */
  readonly matrix: Affine;
}

/** Triangles (a part, or one face of it) or a polyline of a part without an exact shape, where they stand. */
export interface PlacedMesh {
  readonly type: "mesh";
  readonly mesh: MeshShape;
  readonly matrix: Affine;
  /** How far the triangles may stray from what they stand for, metres as placed. */
  readonly tolerance_m: number;
}

/** A point, for example where a pointer met a face. */
export interface PlacedPoint {
  readonly type: "point";
  readonly point: Vec3;
  /** 0: it is exact. */
  readonly tolerance_m: number;
}

export type Placed = PlacedEntity | PlacedMesh | PlacedPoint;

/** A straight line without ends. */
export interface Axis {
  readonly point: Vec3;
  /** Unit. */
  readonly direction: Vec3;
}

/** How two things lie to each other. */
export interface Measured {
  /** Smallest distance; 0 when they touch or overlap. */
  readonly distance: number;
  /** Where it is taken, on the first and on the second. */
  readonly from: Vec3;
  readonly to: Vec3;
  /** to − from. */
  readonly components: Vec3;
  /** Between directions of lines, axes and normals of planes, 0 … π/2; absent where one has none. */
  readonly angle_rad?: number;
  /** Distance of parallel planes, lines, axes, or of an axis from a plane parallel to it; absent otherwise. */
  readonly parallel_m?: number;
  /** Distance of centres or axes (round edges and faces, and points); absent where one has none. */
  readonly centres?: { readonly distance: number; readonly from: Vec3; readonly to: Vec3 };
  /** false: shown with ≈ and its tolerance. */
  readonly exact: boolean;
  /** How far the distance may be off; of exact ones the rounding of doubles. */
  readonly tolerance_m: number;
}

/** What a thing is: the words in which its numbers are shown. */
export type Form =
  | "point"
  | "line"
  | "circle"
  | "arc"
  | "ellipse"
  | "curve"
  | "plane"
  | "cylinder"
  | "cone"
  | "sphere"
  | "torus"
  | "surface"
  | "body";

/** The numbers of one thing; absent where it has none. */
export interface Properties {
  readonly form: Form;
  readonly point?: Vec3;
  readonly length?: number;
  /** Of a circle, arc, cylinder, sphere; of a torus the ring's; of a cone at its widest rim. */
  readonly radius?: number;
  /** Smaller radius: of an ellipse, of a torus's tube; of a cone at its narrowest rim. */
  readonly radius2?: number;
  readonly centre?: Vec3;
  readonly axis?: Axis;
  /** Of a plane, out of the material. */
  readonly normal?: Vec3;
  /** Of a cone: between axis and surface. */
  readonly halfAngle_rad?: number;
  /** An arc's. */
  readonly angle_rad?: number;
  /** The material lies outside, as around a bore. */
  readonly hole?: boolean;
  readonly area?: number;
  readonly volume?: number;
  /** Along the axes of the frame. */
  readonly box?: { readonly min: Vec3; readonly max: Vec3 };
  readonly exact: boolean;
  /** Of lengths, metres. */
  readonly tolerance_m: number;
}

/** How thick the material is. */
export interface Thickness {
  readonly thickness: number;
  /** The point itself on its face, and the one opposite. */
  readonly from: Vec3;
  readonly to: Vec3;
  /** Number of the face opposite; −1 on triangles. */
  readonly face: number;
  readonly exact: boolean;
  readonly tolerance_m: number;
}
