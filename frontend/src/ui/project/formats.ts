/** What the converters read, for drop zones and the help page. */

/** Kinds in the order of their use, with the endings of their files. */
export const FORMATS: readonly {
  readonly name: string;
  readonly endings: readonly string[];
  readonly keeps: "exact" | "bim" | "mesh" | "points";
}[] = [
  { name: "STEP", endings: [".step", ".stp"], keeps: "exact" },
  { name: "IGES", endings: [".iges", ".igs"], keeps: "exact" },
  { name: "BREP", endings: [".brep"], keeps: "exact" },
  { name: "IFC", endings: [".ifc"], keeps: "bim" },
  { name: "glTF", endings: [".gltf", ".glb"], keeps: "mesh" },
  { name: "STL", endings: [".stl"], keeps: "mesh" },
  { name: "OBJ", endings: [".obj"], keeps: "mesh" },
  { name: "PLY", endings: [".ply"], keeps: "mesh" },
  { name: "OFF", endings: [".off"], keeps: "mesh" },
  { name: "3MF", endings: [".3mf"], keeps: "mesh" },
  { name: "DAE", endings: [".dae"], keeps: "mesh" },
  { name: "USD", endings: [".usdz", ".usd", ".usda", ".usdc"], keeps: "mesh" },
  { name: "3DS", endings: [".3ds"], keeps: "mesh" },
  { name: "LAS", endings: [".las", ".laz"], keeps: "points" },
  { name: "XYZ", endings: [".xyz", ".txt", ".csv", ".asc", ".pts"], keeps: "points" },
  { name: "ZIP", endings: [".zip"], keeps: "mesh" },
];

/** "STEP, IGES, …" without the container. */
export const FORMAT_NAMES = FORMATS.filter(({ name }) => name !== "ZIP")
  .map(({ name }) => name)
  .join(", ");

/** For `<input accept>`; the server looks at the content, not at the name. */
export const ACCEPT = FORMATS.flatMap(({ endings }) => endings).join(",");
