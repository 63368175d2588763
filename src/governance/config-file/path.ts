/** A place in the file: the keys and indexes that lead to it. */
export type Path = readonly PropertyKey[];
