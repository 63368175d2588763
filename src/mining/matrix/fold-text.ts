/** The form in which values are compared: trimmed, NFC, case-folded without a locale. */
export function foldText(text: string): string {
  // Uppercase first: that makes ß equal ss and the two small sigmas equal.
  return text.trim().normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

/**
 * The form in which dimension names are compared: "Job Title", "job-title" and "job_title" agree, and so do
 * "Team/Squad [Required]" and "team_squad_required".
 */
export function foldDimension(name: string): string {
  const words = foldText(name).match(/[\p{L}\p{M}\p{N}]+/gu);
  return words ? words.join('_') : foldText(name);
}

/** Orders by code unit, so that the order does not depend on a locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * Number of edits (insert, delete, replace, swap of neighbors) from a to b, or `limit` + 1 if more
 * than `limit` are needed. Optimal string alignment in a band of ±limit around the diagonal:
 * O(length × limit) time. Damerau 1964, Levenshtein 1966, Ukkonen 1985 for the band.
 */
export function editDistance(a: string, b: string, limit: number): number {
  const tooFar = limit + 1;
  if (Math.abs(a.length - b.length) > limit) return tooFar;
  let beforeLast = new Uint32Array(b.length + 1).fill(tooFar);
  let last = Uint32Array.from({ length: b.length + 1 }, (_, j) => Math.min(j, tooFar));
  let row = new Uint32Array(b.length + 1);
  for (let i = 1; i <= a.length; i++) {
    if (fillBand(a, b, i, limit, { beforeLast, last, row }) > limit) return tooFar;
    [beforeLast, last, row] = [last, row, beforeLast];
  }
  return Math.min(last[b.length]!, tooFar);
}

interface Rows {
  beforeLast: Uint32Array;
  last: Uint32Array;
  row: Uint32Array;
}

/** Fills row i of the alignment within the band and returns its smallest value. */
function fillBand(a: string, b: string, i: number, limit: number, rows: Rows): number {
  const { beforeLast, last, row } = rows;
  const from = Math.max(1, i - limit);
  row[from - 1] = i <= limit ? i : limit + 1;
  if (i + limit < b.length) row[i + limit + 1] = limit + 1;
  let smallest = row[from - 1]!;
  for (let j = from; j <= Math.min(b.length, i + limit); j++) {
    const isSame = a[i - 1] === b[j - 1];
    let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1));
    const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
    if (isSwapped) best = Math.min(best, beforeLast[j - 2]! + 1);
    row[j] = best;
    if (best < smallest) smallest = best;
  }
  return smallest;
}

/**
 * Index of the candidate spelled most like `text` (compared folded), or -1. One edit in three
 * characters counts as a typo, 12 edits at most. Without such a candidate, the shortest one that
 * begins with the text. Ties: fewer edits, then alphabetical.
 */
export function findNearest(text: string, candidates: readonly string[]): number {
  const foldedQuery = foldText(text);
  if (foldedQuery === '') return -1;
  let limit = Math.min(12, Math.max(1, Math.floor(foldedQuery.length / 3)));
  let best = -1;
  let bestText = '';
  let prefix = -1;
  let prefixText = '';
  candidates.forEach((candidate, index) => {
    const folded = foldText(candidate);
    const distance = editDistance(foldedQuery, folded, limit);
    if (distance <= limit && (best < 0 || distance < limit || folded < bestText)) {
      [best, bestText, limit] = [index, folded, distance];
    }
    if (folded.startsWith(foldedQuery) && (prefix < 0 || isShorter(folded, prefixText))) {
      [prefix, prefixText] = [index, folded];
    }
  });
  return best >= 0 ? best : prefix;
}

function isShorter(a: string, b: string): boolean {
  return a.length === b.length ? a < b : a.length < b.length;
}
