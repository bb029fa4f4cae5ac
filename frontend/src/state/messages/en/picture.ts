/** English: pulling apart, pictures, markup, notes of the file. */

export const picture = {
  "explode.amount": "How far",
  "explode.by": "Move",
  "explode.by.parts": "Every part",
  "explode.by.assemblies": "Top assemblies",
  "explode.along": "Direction",
  "explode.along.radial": "Outwards",
  "explode.along.x": "Along X",
  "explode.along.y": "Along Y",
  "explode.along.z": "Along Z",
  "explode.onlySelection": "Only the {count, plural, one {selected part} other {# selected parts}}",
  "explode.onlyChosen": "Only {count, plural, one {one part moves} other {# parts move}}",
  "explode.everything": "Move everything",
  "explode.together": "Put together",
} as const;
