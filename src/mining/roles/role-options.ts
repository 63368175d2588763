import { OutOfRange } from '../out-of-range.ts';

/** Options of the search for roles. */
export interface RoleOptions {
  /** Minimizes the number of roles, or the user and permission assignments together. */
  objective: 'roles' | 'edges';
  /**
   * Maximum time of the search in seconds; the amount of work follows from it. The search may end
   * sooner.
   */
  seconds: number;
  /** The same seed gives the same roles, unless the time limit cuts the search short. */
  seed: number;
  /** A clock in milliseconds from any fixed point. */
  now: () => number;
}

const defaultRoleOptions: Omit<RoleOptions, 'now'> = {
  objective: 'roles',
  seconds: 2,
  seed: 1,
};

const maxSeconds = 86_400;

/** Fills in the defaults. Throws OutOfRange for the first option out of range. */
export function completeRoleOptions(
  options: Partial<RoleOptions> & Pick<RoleOptions, 'now'>,
): RoleOptions {
  const definedOptions = Object.entries(options).filter(([, value]) => value !== undefined);
  const complete = {
    ...defaultRoleOptions,
    now: options.now,
    ...Object.fromEntries(definedOptions),
  };
  const { seconds, seed } = complete;
  if (!(seconds >= 0 && seconds <= maxSeconds)) {
    throw new OutOfRange('seconds', `a number from 0 to ${maxSeconds}`, seconds);
  }
  if (!Number.isSafeInteger(seed)) {
    const maxSeed = Number.MAX_SAFE_INTEGER;
    throw new OutOfRange('seed', `a whole number from ${-maxSeed} to ${maxSeed}`, seed);
  }
  return complete;
}
