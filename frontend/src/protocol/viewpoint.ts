/** Types of `holotable-viewpoint/1`, made from viewpoint.schema.json by `make api`: change review/viewpoint.py. */

export interface components {
  schemas: {
    /** @description What somebody clicked. feature: of `other`, whose `entity` is null. */
    readonly Anchor: {
      readonly position: components["schemas"]["Position"];
      /** @default null */
      readonly occurrence?: components["schemas"]["Occurrence"];
      /** @default null */
      readonly local?: components["schemas"]["Position"] | null;
      /** @default null */
      readonly other?: components["schemas"]["OtherPart"] | null;
      /** @enum {string} */
      readonly snap: "vertex" | "middle" | "centre" | "edge" | "face" | "axis" | "none";
      /** @default null */
      readonly entity?: components["schemas"]["EntityRef"] | null;
      /** @default null */
      readonly feature?: components["schemas"]["Feature"] | null;
      /** @default 0 */
      readonly tolerance_m?: number;
    };
    /** @description Where the eye stands: absolute metres, y up. */
    readonly Camera: {
      readonly position: components["schemas"]["Position"];
      readonly target: components["schemas"]["Position"];
      readonly up: components["schemas"]["Direction"];
      readonly fov_rad: number;
      /** @default null */
      readonly ortho_height_m?: number | null;
    };
    /** @description Parts that show one colour, sRGB. */
    readonly ColourGroup: {
      readonly label: string;
      readonly colour: string;
      readonly parts: components["schemas"]["Parts"];
    };
    /** @description Colours by a property, or given one by one (`property` null); groups do not overlap. */
    readonly Colouring: {
      readonly title: string;
      /** @default null */
      readonly property?: string | null;
      readonly groups: readonly components["schemas"]["ColourGroup"][];
    };
    /**
     * @description The revision that this one is compared with, and how the two are shown.
     *
     *     slider: share of the picture's width that shows the other one.  camera: of the other one side by
     *     side, when it is looked at from elsewhere.  heat: changed shapes by how far they were displaced;
     *     up to tolerance_m is none.  stop: of the change tour.
     */
    readonly Compare: {
      /** Format: uuid */
      readonly revision_id: string;
      /**
       * @default overlay
       * @enum {string}
       */
      readonly mode?: "overlay" | "slider" | "side_by_side" | "only_changes";
      /** @default 0.5 */
      readonly slider?: number;
      /** @default null */
      readonly camera?: components["schemas"]["Camera"] | null;
      /**
       * @default [
       *       "added",
       *       "removed",
       *       "shape",
       *       "moved",
       *       "appearance",
       *       "properties"
       *     ]
       */
      readonly kinds?: readonly (
        "added" | "removed" | "shape" | "moved" | "appearance" | "properties"
      )[];
      /**
       * @default usual
       * @enum {string}
       */
      readonly palette?: "usual" | "patterns";
      /** @default false */
      readonly heat?: boolean;
      /** @default 0.00001 */
      readonly tolerance_m?: number;
      /** @default null */
      readonly stop?: number | null;
    };
    readonly Direction: readonly [number, number, number];
    /** @description How the model is drawn. */
    readonly Display: {
      /**
       * @default shaded
       * @enum {string}
       */
      readonly shading?: "shaded" | "materials" | "wireframe" | "hiddenLine" | "ghost";
      /** @default true */
      readonly edges?: boolean;
      /** @default false */
      readonly own_edges?: boolean;
      /** @default true */
      readonly shadow?: boolean;
      /** @default false */
      readonly grid?: boolean;
      /**
       * @default auto
       * @enum {string}
       */
      readonly occlusion?: "auto" | "on" | "off";
      /**
       * @default flat
       * @enum {string}
       */
      readonly background?: "flat" | "gradient" | "white";
    };
    /** @description A vertex, edge, face or body of one occurrence; a body -1 is the whole part. */
    readonly EntityRef: {
      readonly occurrence: components["schemas"]["Occurrence"];
      /** @enum {string} */
      readonly kind: "vertex" | "edge" | "face" | "body";
      readonly index: number;
    };
    /** @description How far parts are pulled apart, 0 to 1, and how. */
    readonly Explode: {
      readonly amount: number;
      /**
       * @default parts
       * @enum {string}
       */
      readonly by?: "parts" | "assemblies";
      /**
       * @default radial
       * @enum {string}
       */
      readonly along?: "radial" | "x" | "y" | "z";
      /** @default null */
      readonly only?: components["schemas"]["Parts"] | null;
    };
    /** @description What of a part was clicked; as in `EntityRef`. */
    readonly Feature: {
      /** @enum {string} */
      readonly kind: "vertex" | "edge" | "face" | "body";
      readonly index: number;
    };
    /**
     * @description One more revision on the table. transform: 16 numbers, column by column, or null for none.
     *
     *     parts: what of it is not shown as its file says, in the dense numbers of `structure`.
     */
    readonly Layer: {
      /** Format: uuid */
      readonly revision_id: string;
      /** @default null */
      readonly structure?: string | null;
      /** @default null */
      readonly transform?: readonly number[] | null;
      /** @default true */
      readonly visible?: boolean;
      /** @default false */
      readonly ghosted?: boolean;
      /** @default null */
      readonly parts?: components["schemas"]["LayerParts"] | null;
    };
    /** @description What is hidden and ghosted of another revision. isolated: `hidden` is the rest of it. */
    readonly LayerParts: {
      /** @default [] */
      readonly hidden?: components["schemas"]["Ranges"];
      /** @default false */
      readonly isolated?: boolean;
      /** @default [] */
      readonly ghosted?: components["schemas"]["Ranges"];
    };
    /** @description A point that goes with its part: absolute metres, and metres in the frame of the part. */
    readonly Mark: {
      readonly position: components["schemas"]["Position"];
      /** @default null */
      readonly occurrence?: components["schemas"]["Occurrence"];
      /** @default null */
      readonly local?: components["schemas"]["Position"] | null;
    };
    /** @description Drawings on the view and on the model. open: the sheet that lies on the view. */
    readonly Markup: {
      /** @default [] */
      readonly sheets?: readonly components["schemas"]["Sheet"][];
      /** @default null */
      readonly open?: string | null;
      /** @default [] */
      readonly marks?: readonly components["schemas"]["ModelMark"][];
    };
    /** @description A mark that may go with a part of another revision: `other`, and no `occurrence`. */
    readonly MeasuredMark: {
      readonly position: components["schemas"]["Position"];
      /** @default null */
      readonly occurrence?: components["schemas"]["Occurrence"];
      /** @default null */
      readonly local?: components["schemas"]["Position"] | null;
      /** @default null */
      readonly other?: components["schemas"]["OtherPart"] | null;
    };
    /**
     * @description A finished measurement: what was clicked, and what was found, in SI units.
     *
     *     stood: where the other revisions stood that were measured; elsewhere now, it is of then.
     */
    readonly Measurement: {
      readonly id: string;
      readonly name: string;
      /** @enum {string} */
      readonly kind:
        | "distance"
        | "length"
        | "angle"
        | "radius"
        | "thickness"
        | "area"
        | "volume"
        | "position"
        | "path"
        | "box";
      /** @enum {string} */
      readonly mode:
        | "plain"
        | "points"
        | "minimum"
        | "centres"
        | "parallel"
        | "diameter"
        | "radius"
        | "inner"
        | "outer";
      readonly value: number;
      /** @default [] */
      readonly components?: readonly number[];
      /** @default [] */
      readonly points?: readonly components["schemas"]["MeasuredMark"][];
      readonly exact: boolean;
      /** @default 0 */
      readonly tolerance?: number;
      /** @default false */
      readonly mesh?: boolean;
      readonly anchors: readonly components["schemas"]["Anchor"][];
      /** @default [] */
      readonly choices?: readonly components["schemas"]["ReadingChoice"][];
      /** @default [] */
      readonly stood?: readonly components["schemas"]["Stood"][];
      /** @default false */
      readonly locked?: boolean;
      /** @default true */
      readonly shown?: boolean;
      /** @default null */
      readonly label_offset?: readonly [number, number] | null;
    };
    /** @description A drawing on the model: it goes with its part. */
    readonly ModelMark: {
      readonly id: string;
      /** @enum {string} */
      readonly kind: "pin" | "surface" | "arrow3d";
      readonly points: readonly components["schemas"]["Mark"][];
      /** @default  */
      readonly text?: string;
      readonly colour: string;
    };
    /** @description What of the file's own dimensions, tolerances, datums and notes is shown. */
    readonly Notes: {
      /** @default false */
      readonly shown?: boolean;
      /** @default [] */
      readonly without?: readonly ("dimension" | "tolerance" | "datum" | "note")[];
      /** @default null */
      readonly view?: string | null;
      /** @default null */
      readonly chosen?: string | null;
    };
    /** @description How numbers are written; null: by the unit. */
    readonly Numbers: {
      /** @default null */
      readonly decimals?: number | null;
      /**
       * @default 16
       * @enum {integer}
       */
      readonly fraction?: 2 | 4 | 8 | 16 | 32 | 64;
      /**
       * @default deg
       * @enum {string}
       */
      readonly angle?: "deg" | "dms" | "rad";
      /** @default null */
      readonly mass?: ("g" | "kg" | "t" | "lb" | "oz") | null;
      /** @default null */
      readonly second?:
        ("um" | "mm" | "cm" | "m" | "km" | "in" | "in-frac" | "ft" | "ft-in") | null;
    };
    readonly Occurrence: number | string | null;
    /** @description A part of another revision on the table, by its dense number there. */
    readonly OtherPart: {
      /** Format: uuid */
      readonly revision_id: string;
      readonly number: number;
    };
    /** @description Parts by the stable ids of structure.json; an assembly's id stands for all below it. */
    readonly PartIds: {
      readonly ids: readonly string[];
      /** @default false */
      readonly all_but?: boolean;
    };
    readonly Parts: components["schemas"]["Ranges"] | components["schemas"]["PartIds"];
    /** @description A cutting plane: what satisfies dot(normal, p) >= offset_m stays; absolute metres, y up. */
    readonly Plane: {
      readonly id: string;
      readonly name: string;
      readonly normal: components["schemas"]["Direction"];
      readonly offset_m: number;
      /** @default true */
      readonly enabled?: boolean;
      /** @default true */
      readonly cap?: boolean;
    };
    /** @description How point clouds are drawn. hidden_classes: ASPRS codes. */
    readonly Points: {
      /**
       * @default adaptive
       * @enum {string}
       */
      readonly size?: "adaptive" | "pixels" | "metres";
      /** @default 2 */
      readonly pixels?: number;
      /** @default 0.05 */
      readonly metres?: number;
      /**
       * @default natural
       * @enum {string}
       */
      readonly colours?: "natural" | "intensity" | "height" | "class" | "plain";
      /** @default [] */
      readonly hidden_classes?: readonly number[];
      /** @default true */
      readonly relief?: boolean;
    };
    readonly Position: readonly [number, number, number];
    readonly Ranges: readonly (readonly [number, number])[];
    /** @description What is measured, and in which of several ways. */
    readonly ReadingChoice: {
      /** @enum {string} */
      readonly kind:
        | "distance"
        | "length"
        | "angle"
        | "radius"
        | "thickness"
        | "area"
        | "volume"
        | "position"
        | "path"
        | "box";
      /** @enum {string} */
      readonly mode:
        | "plain"
        | "points"
        | "minimum"
        | "centres"
        | "parallel"
        | "diameter"
        | "radius"
        | "inner"
        | "outer";
    };
    /** @description What lies in the box stays. half: along its own axes; rotation: x, y, z, w. */
    readonly SectionBox: {
      readonly centre: components["schemas"]["Position"];
      readonly half: readonly [number, number, number];
      readonly rotation: readonly [number, number, number, number];
      /** @default true */
      readonly enabled?: boolean;
      /** @default true */
      readonly cap?: boolean;
    };
    /** @description What is cut, and the parts that nothing cuts. */
    readonly Sections: {
      /** @default [] */
      readonly planes?: readonly components["schemas"]["Plane"][];
      /** @default null */
      readonly box?: components["schemas"]["SectionBox"] | null;
      /** @default [] */
      readonly uncut?: components["schemas"]["Parts"];
    };
    /** @description What is selected; `parts` hold the parts of the entities. */
    readonly Selection: {
      /** @default [] */
      readonly parts?: components["schemas"]["Parts"];
      /** @default [] */
      readonly entities?: readonly components["schemas"]["EntityRef"][];
    };
    /** @description A drawing over one view, shown while the camera stands there. */
    readonly Sheet: {
      readonly id: string;
      readonly name: string;
      readonly camera: components["schemas"]["Camera"];
      readonly marks: readonly components["schemas"]["SheetMark"][];
    };
    /** @description A stroke on a sheet; points from the middle of the view, right and down, in its heights. */
    readonly SheetMark: {
      readonly id: string;
      /** @enum {string} */
      readonly kind: "pen" | "arrow" | "box" | "cloud" | "text" | "dimension" | "stamp";
      readonly points: readonly (readonly [number, number])[];
      /** @default  */
      readonly text?: string;
      readonly colour: string;
      readonly width: number;
    };
    /** @description Where another revision stood; see `Layer`. */
    readonly Stood: {
      /** Format: uuid */
      readonly revision_id: string;
      /** @default null */
      readonly transform?: readonly number[] | null;
    };
    /** @description In which unit lengths are read, and how. */
    readonly Units: {
      /** @enum {string} */
      readonly unit: "um" | "mm" | "cm" | "m" | "km" | "in" | "in-frac" | "ft" | "ft-in";
      /** @default null */
      readonly numbers?: components["schemas"]["Numbers"] | null;
    };
    /** @description What is not shown. isolated: `hidden` is the rest of an isolation. */
    readonly Visibility: {
      /** @default [] */
      readonly hidden?: components["schemas"]["Parts"];
      /** @default false */
      readonly isolated?: boolean;
      /** @default [] */
      readonly ghosted?: components["schemas"]["Parts"];
    };
    /**
     * @description What somebody saw of one revision.
     *
     *     structure: sha256 of the structure.json whose dense numbers stand in here; null: the current.
     */
    readonly Viewpoint: {
      /** @constant */
      readonly format: "holotable-viewpoint/1";
      /** Format: uuid */
      readonly revision_id: string;
      /** @default null */
      readonly structure?: string | null;
      /** @default [] */
      readonly layers?: readonly components["schemas"]["Layer"][];
      /** @default null */
      readonly camera?: components["schemas"]["Camera"] | null;
      /** @default null */
      readonly visibility?: components["schemas"]["Visibility"] | null;
      /** @default null */
      readonly sections?: components["schemas"]["Sections"] | null;
      /** @default null */
      readonly colouring?: components["schemas"]["Colouring"] | null;
      /** @default null */
      readonly explode?: components["schemas"]["Explode"] | null;
      /** @default null */
      readonly selection?: components["schemas"]["Selection"] | null;
      /** @default [] */
      readonly measurements?: readonly components["schemas"]["Measurement"][];
      /** @default null */
      readonly markup?: components["schemas"]["Markup"] | null;
      /** @default null */
      readonly notes?: components["schemas"]["Notes"] | null;
      /** @default null */
      readonly compare?: components["schemas"]["Compare"] | null;
      /** @default null */
      readonly display?: components["schemas"]["Display"] | null;
      /** @default null */
      readonly points?: components["schemas"]["Points"] | null;
      /** @default null */
      readonly units?: components["schemas"]["Units"] | null;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}

export type Anchor = components["schemas"]["Anchor"];
export type Camera = components["schemas"]["Camera"];
export type ColourGroup = components["schemas"]["ColourGroup"];
export type Colouring = components["schemas"]["Colouring"];
export type Compare = components["schemas"]["Compare"];
export type Direction = components["schemas"]["Direction"];
export type Display = components["schemas"]["Display"];
export type EntityRef = components["schemas"]["EntityRef"];
export type Explode = components["schemas"]["Explode"];
export type Feature = components["schemas"]["Feature"];
export type Layer = components["schemas"]["Layer"];
export type LayerParts = components["schemas"]["LayerParts"];
export type Mark = components["schemas"]["Mark"];
export type Markup = components["schemas"]["Markup"];
export type MeasuredMark = components["schemas"]["MeasuredMark"];
export type Measurement = components["schemas"]["Measurement"];
export type ModelMark = components["schemas"]["ModelMark"];
export type Notes = components["schemas"]["Notes"];
export type Numbers = components["schemas"]["Numbers"];
export type Occurrence = components["schemas"]["Occurrence"];
export type OtherPart = components["schemas"]["OtherPart"];
export type PartIds = components["schemas"]["PartIds"];
export type Parts = components["schemas"]["Parts"];
export type Plane = components["schemas"]["Plane"];
export type Points = components["schemas"]["Points"];
export type Position = components["schemas"]["Position"];
export type Ranges = components["schemas"]["Ranges"];
export type ReadingChoice = components["schemas"]["ReadingChoice"];
export type SectionBox = components["schemas"]["SectionBox"];
export type Sections = components["schemas"]["Sections"];
export type Selection = components["schemas"]["Selection"];
export type Sheet = components["schemas"]["Sheet"];
export type SheetMark = components["schemas"]["SheetMark"];
export type Stood = components["schemas"]["Stood"];
export type Units = components["schemas"]["Units"];
export type Viewpoint = components["schemas"]["Viewpoint"];
export type Visibility = components["schemas"]["Visibility"];
