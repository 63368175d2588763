import { countBits } from '../matrix/bits.ts';
import type { AccessMatrix } from '../matrix/matrix.ts';

/** Maximum people whose holdings are compared bit by bit; larger cohorts are sampled evenly. */
const maxSampledPeople = 4096;

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
  const stride = Math.ceil(members.length / maxSampledPeople);
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

/** The similarities of all pairs, as a full square matrix for simple indexing. */
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

/** The pair of active clusters with the greatest average similarity; the first of equal pairs. */
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

/** Maximum entitlements of a clustered cohort: the work grows with the cube. */
const maxClusteredEntitlements = 500;

/**
 * Splits a cohort's entitlements into bundles that the same people hold: one bundle if the mean
 * Jaccard of their holder sets (within the cohort, over pairs) is at least `clusterJaccard`,
 * otherwise average-linkage clusters at that similarity. Returns indexes into `entitlements`, which
 * the caller orders. More than 500 entitlements stay one bundle.
 *
 * `holders` are the holders in the cohort. Two sets with shares p and q of the cohort overlap in at
 * least p + q − 1 of it. So a bundle with a high enough mean share needs no comparison.
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
  if (size < 2 || size > maxClusteredEntitlements || 2 * share - 1 >= clusterJaccard) return all;
  const holders = readHolderBits(matrix, members(), cells.entitlements);
  const similarities = readSimilarities(holders, size);
  if (meanSimilarity(similarities, size) >= clusterJaccard) return all;
  return cluster(similarities, size, clusterJaccard);
}
