import type { Risk } from '../../store/schema/access.ts';
import type { TaskCause, TaskKind } from '../../store/schema/tasks.ts';

/** Advice to a reviewer. It never decides anything. */
export interface Recommendation {
  verdict: 'approve' | 'deny' | 'review carefully';
  /** The reasons, each as a clause that starts with a small letter. */
  reasons: string[];
}

/** The share of a person's peers, without the person, who have the entitlement. */
type Peers = 'most' | 'some' | 'few' | 'none' | 'unknown';

/** The evidence behind a recommendation. */
export interface Signals {
  kind: TaskKind;
  cause: TaskCause;
  emergency: boolean;
  /** The reason why nobody can use the access: the person left, or the entitlement no longer exists. */
  unusableReason: string | undefined;
  risk: Risk | null;
  peers: Peers;
  /** "41 of 44 in Engineering have it" */
  peersSentence: string;
  /** The access profile that includes it and in which the person is enrolled. */
  enrolledIn: string | undefined;
  /** Whether a required role rule grants it to the person. */
  isGrantedByRule?: boolean;
  /** "denied by Bo Chen on 3 Mar 2026", if that was the last decision about the person and the entitlement. */
  deniedBefore: string | undefined;
  /** Days since the last use; undefined: not known. */
  unusedDays: number | undefined;
}

/** A smaller cohort says nothing about a person. */
export const minPeers = 5;
/** At least this share of the peers is "most"; less than `fewShare` is "few". */
const commonShare = 0.8;
const fewShare = 0.1;
/** Access without use for this number of days is probably not needed. */
export const unusedAfterDays = 90;

/** Grades the share of peers with the access. @param others the peers without the person; undefined if too few */
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
const highRisk = 'high risk';
const notHigh = 'not high risk';
const peers = ({ peersSentence }: Signals) => peersSentence;
const unused = (signals: Signals) =>
  isUnused(signals) ? `last used ${signals.unusedDays} days ago` : undefined;
const risky = (signals: Signals) => (isHigh(signals) ? highRisk : undefined);
const profile = ({ enrolledIn }: Signals) =>
  enrolledIn && `the access profile "${enrolledIn}" includes it`;

const rule = 'a role rule grants it';

/** By kind of task; the first row that applies counts. */
const table: Record<TaskKind, Row[]> = {
  grant: [
    {
      when: ({ unusableReason }) => Boolean(unusableReason),
      verdict: 'deny',
      because: ({ unusableReason }) => [unusableReason],
    },
    {
      when: (signals) => isHigh(signals) && signals.peers === 'none',
      verdict: 'deny',
      because: (signals) => [peers(signals), highRisk],
    },
    {
      when: ({ emergency }) => emergency,
      verdict: 'review carefully',
      because: (signals) => ['emergency request', risky(signals)],
    },
    {
      when: ({ deniedBefore }) => Boolean(deniedBefore),
      verdict: 'review carefully',
      because: (signals) => [signals.deniedBefore, risky(signals)],
    },
    { when: isHigh, verdict: 'review carefully', because: (signals) => [highRisk, peers(signals)] },
    {
      when: ({ enrolledIn }) => Boolean(enrolledIn),
      verdict: 'approve',
      because: (signals) => [profile(signals), notHigh],
    },
    {
      when: ({ isGrantedByRule }) => isGrantedByRule === true,
      verdict: 'approve',
      because: () => [rule, notHigh],
    },
    {
      when: ({ peers }) => peers === 'most',
      verdict: 'approve',
      because: (signals) => [peers(signals), notHigh],
    },
    { when: () => true, verdict: 'review carefully', because: (signals) => [peers(signals)] },
  ],
  revoke: [
    {
      when: ({ unusableReason }) => Boolean(unusableReason),
      verdict: 'approve',
      because: ({ unusableReason }) => [unusableReason],
    },
    {
      when: ({ cause }) => cause === 'expired',
      verdict: 'approve',
      because: () => ['its end date has passed'],
    },
    {
      when: (signals) => isHigh(signals) && signals.peers === 'none',
      verdict: 'approve',
      because: (signals) => [peers(signals), highRisk, unused(signals)],
    },
    {
      when: ({ enrolledIn, cause }) => Boolean(enrolledIn) && cause !== 'left_profile',
      verdict: 'review carefully',
      because: (signals) => [profile(signals), unused(signals)],
    },
    {
      when: ({ isGrantedByRule }) => isGrantedByRule === true,
      verdict: 'review carefully',
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
      verdict: 'review carefully',
      because: (signals) => [risky(signals), peers(signals), unused(signals)],
    },
  ],
};

/** Recommends to approve, deny or review carefully, by one table. */
export function recommend(signals: Signals): Recommendation {
  const row = table[signals.kind].find((one) => one.when(signals));
  if (!row) throw new Error('the table of recommendations has no last row');
  return { verdict: row.verdict, reasons: row.because(signals).flatMap((reason) => reason || []) };
}
