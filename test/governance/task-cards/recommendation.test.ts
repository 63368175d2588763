import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  gradePeers,
  recommend,
  type Signals,
} from '../../../src/governance/task-cards/recommendation.ts';

const grant: Signals = {
  kind: 'grant',
  cause: 'asked',
  emergency: false,
  unusableReason: undefined,
  risk: 'low',
  peers: 'some',
  peersSentence: '20 of 44 in Engineering have it',
  enrolledIn: undefined,
  deniedBefore: undefined,
  unusedDays: undefined,
};
const revoke: Signals = { ...grant, kind: 'revoke' };

const cases: [string, Signals, string, string][] = [
  ['most peers have it and its risk is not high', { ...grant, peers: 'most' }, 'approve', '20 of'],
  ['some peers have it', grant, 'review carefully', '20 of'],
  ['few peers have it', { ...grant, peers: 'few' }, 'review carefully', '20 of'],
  ['there are too few peers', { ...grant, peers: 'unknown' }, 'review carefully', '20 of'],
  [
    'most peers have it, at high risk',
    { ...grant, peers: 'most', risk: 'high' },
    'review carefully',
    'high risk',
  ],
  ['no peer has it, at high risk', { ...grant, peers: 'none', risk: 'high' }, 'deny', 'high risk'],
  ['no peer has it', { ...grant, peers: 'none' }, 'review carefully', '20 of'],
  [
    'it was denied before',
    { ...grant, peers: 'most', deniedBefore: 'denied by Bo' },
    'review carefully',
    'denied by Bo',
  ],
  [
    'it is an emergency',
    { ...grant, peers: 'most', emergency: true },
    'review carefully',
    'emergency',
  ],
  ['a profile includes it', { ...grant, enrolledIn: 'Analysts' }, 'approve', '"Analysts"'],
  [
    'the person left',
    { ...grant, peers: 'most', unusableReason: 'Ana is no longer active' },
    'deny',
    'no longer active',
  ],
  ['most peers have it: a revocation', { ...revoke, peers: 'most' }, 'deny', '20 of'],
  [
    'most peers have it, unused: a revocation',
    { ...revoke, peers: 'most', unusedDays: 120 },
    'review carefully',
    '120 days',
  ],
  ['some have it, unused: a revocation', { ...revoke, unusedDays: 120 }, 'approve', '120 days'],
  ['some have it, used: a revocation', { ...revoke, unusedDays: 3 }, 'review carefully', '20 of'],
  [
    'no peer, high risk: a revocation',
    { ...revoke, peers: 'none', risk: 'high' },
    'approve',
    'high risk',
  ],
  [
    'a profile includes it: a revocation',
    { ...revoke, enrolledIn: 'Analysts', unusedDays: 120 },
    'review carefully',
    'Analysts',
  ],
  [
    'it expired: a revocation',
    { ...revoke, peers: 'most', cause: 'expired' },
    'approve',
    'end date has passed',
  ],
  [
    'the person left: a revocation',
    { ...revoke, peers: 'most', unusableReason: 'Ana is no longer active' },
    'approve',
    'no longer active',
  ],
];

describe('a recommendation', () => {
  it.each(cases)('follows the table when %s: %#', (_when, signals, verdict, reason) => {
    const recommendation = recommend(signals);
    expect(recommendation.verdict).toBe(verdict);
    expect(recommendation.reasons.join('; ')).toContain(reason);
  });

  it('always has a verdict with a reason', () => {
    const signals = fc.record({
      kind: fc.constantFrom('grant' as const, 'revoke' as const),
      risk: fc.constantFrom('low' as const, 'high' as const, null),
      peers: fc.constantFrom('most' as const, 'some', 'few', 'none', 'unknown'),
      emergency: fc.boolean(),
      unusedDays: fc.constantFrom(undefined, 0, 90),
      enrolledIn: fc.constantFrom(undefined, 'Analysts'),
    });
    fc.assert(
      fc.property(signals, (some) => {
        expect(recommend({ ...grant, ...some }).reasons.length).toBeGreaterThan(0);
      }),
    );
  });

  it('grades four of five peers as most, and less than one in ten as few', () => {
    expect(gradePeers({ people: 5, holders: 4 })).toBe('most');
    expect(gradePeers({ people: 10, holders: 1 })).toBe('some');
    expect(gradePeers({ people: 11, holders: 1 })).toBe('few');
    expect(gradePeers({ people: 9, holders: 0 })).toBe('none');
    expect(gradePeers(undefined)).toBe('unknown');
  });
});
