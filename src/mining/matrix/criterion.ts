/** `dimension = value`: an index into the mined columns and a code of that column (≥ 1). */
export interface Criterion {
  dimension: number;
  code: number;
}
