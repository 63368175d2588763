/** Set bits of a 32-bit word (Hacker's Delight, figure 5-2). */
export function countBits(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Calls `visit` with the position of each set bit of a word. */
export function forEachBit(word: number, visit: (position: number) => void): void {
  let left = word;
  while (left !== 0) {
    const bit = left & -left;
    visit(31 - Math.clz32(bit));
    left ^= bit;
  }
}
