import { countBits } from '../matrix/bits.ts';
import type { AccessMatrix } from '../matrix/matrix.ts';

/** Most people whose holdings are compared bit by bit; a larger cohort is sampled evenly. */
const sampleSize = 4096;

/** Holder sets as bit rows: row e has bit m set when member m holds `entitlements[e]`. */
interface HolderBits {
  words: number;
  bits: Uint32Array;
}

function readHolderBits(
  matrix: AccessMatrix,
  members: Uint32Array,
  entitlements: Uint32Array,
): HolderBits {
  const stride = Math.ceil(members.length / sampleSize);
  const sampled = Math.ceil(members.length / stride);
  const words = (sampled + 31) >>> 5;
  const bits = new Uint32Array(entitlements.length * words);
  const rowOf = new Map<number, number>();
  entitlements.forEach((entitlement, row) => {
    rowOf.set(entitlement, row);
  });
  for (let s = 0; s < sampled; s++) {
    const person = members[s * stride]!;
    for (let i = matrix.offsets[person]!; i < matrix.offsets[person + 1]!; i++) {
      const row = rowOf.get(matrix.items[i]!);
      if (row !== undefined) bits[row * words + (s >>> 5)]! |= 1 << (s & 31);
    }
  }
  return { words, bits };
}

/** Jaccard of two rows, 1 when both are empty. */
function rowJaccard({ words, bits }: HolderBits, a: number, b: number): number {
  let both = 0;
  let either = 0;
  for (let w = 0; w < words; w++) {
    const x = bits[a * words + w]!;
    const y = bits[b * words + w]!;
    both += countBits(x & y);
    either += countBits(x | y);
  }
  return either === 0 ? 1 : both / either;
}

/** The lower triangle of the similarities, square for plain indexing. */
function readSimilarities(holders: HolderBits, size: number): Float64Array {
  const similarities = new Float64Array(size * size);
  for (let a = 0; a < size; a++) {
    for (let b = 0; b < a; b++) {
      const jaccard = rowJaccard(holders, a, b);
      similarities[a * size + b] = similarities[b * size + a] = jaccard;
    }
  }
  return similarities;
}

function meanSimilarity(similarities: Float64Array, size: number): number {
  const sum = similarities.reduce((total, value) => total + value, 0);
  return sum / (size * (size - 1));
}

/** The pair of living clusters with the greatest average similarity, the first of equal ones. */
function findClosest(similarities: Float64Array, size: number, alive: readonly number[]) {
  let best = { a: -1, b: -1, similarity: -1 };
  for (const a of alive) {
    for (const b of alive) {
      if (b >= a) break;
      const similarity = similarities[a * size + b]!;
      if (similarity > best.similarity) best = { a: b, b: a, similarity };
    }
  }
  return best;
}

/**
 * Average-linkage clustering: merges the two closest clusters while their average similarity is at
 * least `threshold`. Updates `similarities` in place (Lance–Williams). Returns lists of rows.
 */
function cluster(similarities: Float64Array, size: number, threshold: number): number[][] {
  const clusters = Array.from({ length: size }, (_, row) => [row]);
  let alive = clusters.map((_, row) => row);
  for (;;) {
    const { a, b, similarity } = findClosest(similarities, size, alive);
    if (a < 0 || similarity < threshold) break;
    const [sizeA, sizeB] = [clusters[a]!.length, clusters[b]!.length];
    alive = alive.filter((row) => row !== b);
    for (const c of alive) {
      const sum = similarities[a * size + c]! * sizeA + similarities[b * size + c]! * sizeB;
      similarities[a * size + c] = similarities[c * size + a] = sum / (sizeA + sizeB);
    }
    clusters[a]!.push(...clusters[b]!);
  }
  return alive.map((row) => clusters[row]!.sort((x, y) => x - y));
}

/** The largest bundle that is clustered: the work grows with the cube. */
const clusteredEntitlements = 500;

/**
 * Splits a cohort's entitlements into bundles that are held together: one bundle when the mean
 * Jaccard of their holder sets (within the cohort, over pairs) is at least `clusterJaccard`,
 * average-linkage clusters at that similarity otherwise. Returns positions in `entitlements`,
 * which the caller orders; more than 500 entitlements stay one bundle.
 *
 * `holders` are the holders in the cohort. Two sets that hold shares p and q of it overlap in at
 * least p + q − 1 of it, so a bundle whose mean share is high enough needs no comparison.
 */
export function splitBundle(
  matrix: AccessMatrix,
  members: () => Uint32Array,
  people: number,
  cells: { entitlements: Uint32Array; holders: Uint32Array },
  clusterJaccard: number,
): number[][] {
  const size = cells.entitlements.length;
  const all = [Array.from({ length: size }, (_, row) => row)];
  const share = cells.holders.reduce((sum, holders) => sum + holders, 0) / (size * people);
  if (size < 2 || size > clusteredEntitlements || 2 * share - 1 >= clusterJaccard) return all;
  const holders = readHolderBits(matrix, members(), cells.entitlements);
  const similarities = readSimilarities(holders, size);
  if (meanSimilarity(similarities, size) >= clusterJaccard) return all;
  return cluster(similarities, size, clusterJaccard);
}
