/** Bytes of a configuration file: more than 5 MB nobody wrote. */
export const longestConfig = 5_000_000;
