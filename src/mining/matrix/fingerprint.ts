import { compareText, foldDimension, foldText } from './fold-text.ts';

/**
 * Four 32-bit lanes of multiply-and-xor over the UTF-16 code units, mixed at the end: 128 bits, so
 * two of a billion texts collide with a chance of about 10^-21. Not for secrets. The scheme is
 * cyrb128 (public domain, github.com/bryc/code) with murmur3's finalizer.
 */
function hash128(text: string): string {
  let a = 1779033703;
  let b = 3144134277;
  let c = 1013904242;
  let d = 2773480762;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = b ^ Math.imul(a ^ unit, 597399067);
    b = c ^ Math.imul(b ^ unit, 2869860233);
    c = d ^ Math.imul(c ^ unit, 951274213);
    d = a ^ Math.imul(d ^ unit, 2716044179);
  }
  const lanes = [a ^ text.length, b, c, d];
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 4; i++) lanes[i] = mixLane(lanes[i]! + lanes[(i + 1) % 4]!);
  }
  return lanes.map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
}

function mixLane(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function sortedDistinct(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort(compareText);
}

/**
 * Identifies a suggestion across runs by 32 hexadecimal digits of its cohort and its entitlements.
 * Order and repetition do not matter. Dimensions and values are compared like cohorts (trimmed,
 * NFC, case-folded), entitlement and member keys exactly. A suggestion with explicit members passes
 * their keys, so its fingerprint never equals that of a cohort.
 */
export function fingerprint(
  cohort: Readonly<Record<string, readonly string[]>>,
  entitlementKeys: readonly string[],
  memberKeys?: readonly string[],
): string {
  const criteria = Object.entries(cohort)
    .map(([dimension, values]) => [foldDimension(dimension), sortedDistinct(values.map(foldText))])
    .map((criterion) => JSON.stringify(criterion));
  const canonical = [sortedDistinct(criteria), sortedDistinct(entitlementKeys)];
  if (memberKeys) canonical.push(sortedDistinct(memberKeys));
  return hash128(JSON.stringify(canonical));
}
