/** Which finer chunks a view deserves within the memory there is: what to fetch, in which order, and what to let go. */

/** What is known of a chunk of the manifest. */
export interface PlannedChunk {
  readonly level: number;
  /** Geometries in it. */
  readonly parts: readonly number[];
  /** Of the file. */
  readonly bytes: number;
  /** On the graphics card: as measured when it was here, else estimated. */
  readonly heldBytes: number;
}

export interface PlanInput {
  readonly chunks: readonly PlannedChunk[];
  /** (chunks) pixels that having it would sharpen; 0: nothing wants it now. */
  readonly benefit: Float64Array;
  /** (chunks) 1: here. */
  readonly resident: Uint8Array;
  /** (chunks) number of the round in which it was last wanted; the least is forgotten first. */
  readonly lastWanted: Float64Array;
  /** Bytes on the graphics card that all finer chunks may take. */
  readonly ceiling: number;
  /** Fetch what nothing wants yet, too, as long as all of it takes at most this many bytes there. */
  readonly prefetchBytes: number;
}

export interface ChunkPlan {
  /** Missing chunks, the most wanted first. */
  readonly fetch: readonly number[];
  /** Resident chunks to let go, so that everything that is fetched finds room. */
  readonly drop: readonly number[];
  /** Chunks that are to be here in the end, wanted or fetched ahead. */
  readonly target: readonly number[];
  /** Something wanted finds no room: the picture is coarser than the view deserves. */
  readonly short: boolean;
}

/** Coarser chunks come first: they sharpen most for their bytes. */
const PER_LEVEL = 4;
/** What is here counts a little more than it is worth, or two chunks of equal worth would take turns for ever. */
const STAYS = 1.25;

/** See the head of the file. */
export function planChunks(input: PlanInput): ChunkPlan {
  const { chunks, benefit, resident, lastWanted, ceiling } = input;
  const weight = (c: number): number => {
    const chunk = chunks[c];
    if (!chunk) return 0;
    const stays = resident[c] === 1 ? STAYS : 1;
    return ((benefit[c] ?? 0) * stays * PER_LEVEL ** chunk.level) / Math.max(1, chunk.heldBytes);
  };
  const size = (c: number): number => chunks[c]?.heldBytes ?? 0;
  const all = chunks.map((_, c) => c);
  const wanted = all
    .filter((c) => (benefit[c] ?? 0) > 0)
    .map((c) => ({ c, weight: weight(c) }))
    .sort((a, b) => b.weight - a.weight)
    .map(({ c }) => c);
  const target: number[] = [];
  const admitted = new Uint8Array(chunks.length);
  let bytes = 0;
  let short = false;
  for (const c of wanted) {
    if (bytes + size(c) > ceiling) {
      short = true;
      continue;
    }
    bytes += size(c);
    admitted[c] = 1;
    target.push(c);
  }
  const fetch = target.filter((c) => resident[c] !== 1);
  const drop: number[] = [];
  const others = all.filter((c) => resident[c] === 1 && admitted[c] !== 1);
  let held = bytes + others.reduce((sum, c) => sum + size(c), 0);
  others.sort((a, b) => (lastWanted[a] ?? 0) - (lastWanted[b] ?? 0) || weight(a) - weight(b));
  for (const c of others) {
    if (held <= ceiling) break;
    held -= size(c);
    drop.push(c);
  }
  const everything = all.reduce((sum, c) => sum + size(c), 0);
  if (!short && everything <= Math.min(input.prefetchBytes, ceiling)) {
    const ahead = all.filter((c) => admitted[c] !== 1);
    ahead.sort(
      (a, b) => (chunks[b]?.level ?? 0) - (chunks[a]?.level ?? 0) || a - b, // as the manifest has them
    );
    target.push(...ahead);
    fetch.push(...ahead.filter((c) => resident[c] !== 1));
  }
  return { fetch, drop, target, short };
}

/** Where each geometry's levels are: the chunk that holds a level, or the next coarser one there is. */
export class ChunkIndex {
  readonly geometries: number;
  readonly levels: number;
  /** (geometries × levels) number of the chunk, or -1: base.glb shows this level. */
  readonly of: Int32Array;
  /** (geometries × levels) 1: a file holds exactly this level; else it is the same as the next coarser one. */
  readonly own: Uint8Array;

  constructor(
    geometries: number,
    levels: number,
    chunks: readonly Pick<PlannedChunk, "level" | "parts">[],
  ) {
    this.geometries = geometries;
    this.levels = levels;
    this.of = new Int32Array(geometries * levels).fill(-1);
    this.own = new Uint8Array(geometries * levels);
    chunks.forEach(({ level, parts }, chunk) => {
      for (const geometry of parts) {
        if (geometry >= geometries || level >= levels) continue;
        this.of[geometry * levels + level] = chunk;
        this.own[geometry * levels + level] = 1;
      }
    });
    for (let g = 0; g < geometries; g += 1)
      for (let l = levels - 2; l >= 0; l -= 1)
        if (this.own[g * levels + l] !== 1)
          this.of[g * levels + l] = this.of[g * levels + l + 1] ?? -1;
  }

  /**
   * (chunks) pixels that each chunk would sharpen.
   *
   * wants: (geometries) bit l: some placement deserves level l. sizes: (geometries) pixels of the largest placement.
   * resident: (chunks) 1: here.
   */
  benefit(
    wants: Uint8Array,
    sizes: Float32Array,
    resident: Uint8Array,
    out: Float64Array,
  ): Float64Array {
    out.fill(0);
    const { levels, of } = this;
    for (let g = 0; g < this.geometries; g += 1) {
      const bits = wants[g] ?? 0;
      if (bits === 0) continue;
      const size = sizes[g] ?? 0;
      for (let l = 0; l < levels - 1; l += 1) {
        if ((bits & (1 << l)) === 0) continue;
        // The level itself; and until it is here each coarser one, as far as nothing finer stands in for it.
        let worth = size;
        for (let m = l, last = -1; m < levels - 1; m += 1) {
          const chunk = of[g * levels + m] ?? -1;
          if (chunk < 0) break;
          if (chunk === last) continue;
          last = chunk;
          out[chunk] = (out[chunk] ?? 0) + worth;
          if (resident[chunk] === 1) break;
          worth *= STEPPING_STONE;
        }
      }
    }
    return out;
  }
}

/** What a coarser level is worth while the wanted one is missing. */
const STEPPING_STONE = 0.5;
