/** How roles are searched for. */
export interface RoleOptions {
  /** Fewest roles, or fewest user and permission assignments together. */
  objective: 'roles' | 'edges';
  /** Most time the search may take, and with that how much work it does; it may end sooner. */
  seconds: number;
  /** The same seed gives the same roles, unless time cuts the search short. */
  seed: number;
  /** Milliseconds from any fixed point. */
  now: () => number;
}

const defaultRoleOptions: Omit<RoleOptions, 'now'> = {
  objective: 'roles',
  seconds: 2,
  seed: 1,
};

const maxSeconds = 86_400;

/** Fills in the defaults. Throws RangeError naming the first option that is out of range. */
export function completeRoleOptions(
  options: Partial<RoleOptions> & Pick<RoleOptions, 'now'>,
): RoleOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const complete = { ...defaultRoleOptions, now: options.now, ...Object.fromEntries(given) };
  const { seconds, seed } = complete;
  if (!(seconds >= 0 && seconds <= maxSeconds)) {
    throw new RangeError(`seconds must be a number from 0 to ${maxSeconds}, not ${seconds}`);
  }
  if (!Number.isSafeInteger(seed)) {
    const most = Number.MAX_SAFE_INTEGER;
    throw new RangeError(`seed must be a whole number from ${-most} to ${most}, not ${seed}`);
  }
  return complete;
}
