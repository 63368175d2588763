/** The same numbers in an array of twice the length, or of `least` where that is more. */
export function grow(array: Uint32Array, least = 0): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(Math.max(array.length * 2, least));
  larger.set(array);
  return larger;
}
