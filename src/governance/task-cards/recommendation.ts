import type { Risk } from '../../store/schema/access.ts';
import type { TaskCause, TaskKind } from '../../store/schema/tasks.ts';

/** What a reviewer may make of the evidence; it never acts by itself. */
export interface Recommendation {
  verdict: 'approve' | 'deny' | 'look closer';
  /** Why, each as half a sentence. */
  reasons: string[];
}

/** How many of a person's peers hold the entitlement, the person left out. */
type Peers = 'most' | 'some' | 'few' | 'none' | 'unknown';

/** What the recommendation goes by. */
export interface Signals {
  kind: TaskKind;
  cause: TaskCause;
  emergency: boolean;
  /** Why nobody can use it any more: the person left, or the entitlement is gone. */
  gone: string | undefined;
  risk: Risk | null;
  peers: Peers;
  /** "41 of 44 in Engineering hold it" */
  peersSentence: string;
  /** The access profile in which the person is enrolled and which gives it. */
  enrolledIn: string | undefined;
  /** Whether a required role rule gives it to the person. */
  isGivenByRule?: boolean;
  /** "denied by Bo Chen on 3 Mar 2026", when that was the last decision about the pair. */
  deniedBefore: string | undefined;
  /** Days since it was last used; undefined: not known. */
  unusedDays: number | undefined;
}

/** A cohort of fewer says nothing about a person. */
export const minPeers = 5;
/** From this share of the peers on "most" hold it; below the other, "few". */
const commonShare = 0.8;
const fewShare = 0.1;
/** Access that was not used for so many days is not needed, as far as one can tell. */
export const unusedAfterDays = 90;

/** @param others the peers without the person; undefined when there are too few to compare with. */
export function gradePeers(others: { people: number; holders: number } | undefined): Peers {
  if (!others || others.people === 0) return 'unknown';
  if (others.holders === 0) return 'none';
  const share = others.holders / others.people;
  if (share >= commonShare) return 'most';
  return share < fewShare ? 'few' : 'some';
}

interface Row {
  when(signals: Signals): boolean;
  verdict: Recommendation['verdict'];
  because(signals: Signals): (string | undefined)[];
}

const isHigh = ({ risk }: Signals) => risk === 'high';
const isUnused = ({ unusedDays }: Signals) =>
  unusedDays !== undefined && unusedDays >= unusedAfterDays;
const highRisk = 'it is of high risk';
const notHigh = 'its risk is not high';
const peers = ({ peersSentence }: Signals) => peersSentence;
const unused = (signals: Signals) =>
  isUnused(signals) ? `it was last used ${signals.unusedDays} days ago` : undefined;
const risky = (signals: Signals) => (isHigh(signals) ? highRisk : undefined);
const profile = ({ enrolledIn }: Signals) =>
  enrolledIn && `the access profile "${enrolledIn}" gives it`;

const rule = 'a role rule gives it';

/** For a grant and for taking one away, the first row that applies. */
const table: Record<TaskKind, Row[]> = {
  grant: [
    { when: ({ gone }) => Boolean(gone), verdict: 'deny', because: ({ gone }) => [gone] },
    {
      when: (signals) => isHigh(signals) && signals.peers === 'none',
      verdict: 'deny',
      because: (signals) => [peers(signals), highRisk],
    },
    {
      when: ({ emergency }) => emergency,
      verdict: 'look closer',
      because: (signals) => ['it is an emergency request', risky(signals)],
    },
    {
      when: ({ deniedBefore }) => Boolean(deniedBefore),
      verdict: 'look closer',
      because: (signals) => [`it was ${signals.deniedBefore}`, risky(signals)],
    },
    { when: isHigh, verdict: 'look closer', because: (signals) => [highRisk, peers(signals)] },
    {
      when: ({ enrolledIn }) => Boolean(enrolledIn),
      verdict: 'approve',
      because: (signals) => [profile(signals), notHigh],
    },
    {
      when: ({ isGivenByRule }) => isGivenByRule === true,
      verdict: 'approve',
      because: () => [rule, notHigh],
    },
    {
      when: ({ peers }) => peers === 'most',
      verdict: 'approve',
      because: (signals) => [peers(signals), notHigh],
    },
    { when: () => true, verdict: 'look closer', because: (signals) => [peers(signals)] },
  ],
  revoke: [
    { when: ({ gone }) => Boolean(gone), verdict: 'approve', because: ({ gone }) => [gone] },
    {
      when: ({ cause }) => cause === 'expired',
      verdict: 'approve',
      because: () => ['it was given until a date that has passed'],
    },
    {
      when: (signals) => isHigh(signals) && signals.peers === 'none',
      verdict: 'approve',
      because: (signals) => [peers(signals), highRisk, unused(signals)],
    },
    {
      when: ({ enrolledIn, cause }) => Boolean(enrolledIn) && cause !== 'left_profile',
      verdict: 'look closer',
      because: (signals) => [profile(signals), unused(signals)],
    },
    {
      when: ({ isGivenByRule }) => isGivenByRule === true,
      verdict: 'look closer',
      because: (signals) => [rule, unused(signals)],
    },
    {
      when: (signals) => isUnused(signals) && signals.peers !== 'most',
      verdict: 'approve',
      because: (signals) => [unused(signals), peers(signals)],
    },
    {
      when: (signals) => signals.peers === 'most' && !isHigh(signals) && !isUnused(signals),
      verdict: 'deny',
      because: (signals) => [peers(signals), notHigh],
    },
    {
      when: () => true,
      verdict: 'look closer',
      because: (signals) => [risky(signals), peers(signals), unused(signals)],
    },
  ],
};

/** Approve, deny or look closer, by one table that anybody can read. */
export function recommend(signals: Signals): Recommendation {
  const row = table[signals.kind].find((one) => one.when(signals));
  if (!row) throw new Error('the table of recommendations has no last row');
  const reasons = row.because(signals).filter((reason) => reason !== undefined && reason !== '');
  return { verdict: row.verdict, reasons: reasons as string[] };
}
