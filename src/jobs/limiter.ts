/** Runs a limited number of pieces of work at once. The others wait in order. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>;

export function createLimiter(count: number): Limiter {
  const waiting: (() => void)[] = [];
  let free = count;
  return async (work) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
