/** Bytes of a configuration file. Reading 4 MB, of 20,000 entitlements, takes 4 s, in which the app does nothing else. */
export const longestConfig = 5_000_000;
