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
  gone: undefined,
  risk: 'low',
  peers: 'some',
  peersSentence: '20 of 44 in Engineering hold it',
  enrolledIn: undefined,
  deniedBefore: undefined,
  unusedDays: undefined,
};
const revoke: Signals = { ...grant, kind: 'revoke' };

const cases: [string, Signals, string, string][] = [
  ['most peers hold it and its risk is not high', { ...grant, peers: 'most' }, 'approve', '20 of'],
  ['some peers hold it', grant, 'look closer', '20 of'],
  ['few peers hold it', { ...grant, peers: 'few' }, 'look closer', '20 of'],
  ['there are no peers to compare with', { ...grant, peers: 'unknown' }, 'look closer', '20 of'],
  [
    'most peers hold it, at high risk',
    { ...grant, peers: 'most', risk: 'high' },
    'look closer',
    'high risk',
  ],
  [
    'no peer holds it, at high risk',
    { ...grant, peers: 'none', risk: 'high' },
    'deny',
    'high risk',
  ],
  ['no peer holds it', { ...grant, peers: 'none' }, 'look closer', '20 of'],
  [
    'it was denied before',
    { ...grant, peers: 'most', deniedBefore: 'denied by Bo' },
    'look closer',
    'denied by Bo',
  ],
  ['it is an emergency', { ...grant, peers: 'most', emergency: true }, 'look closer', 'emergency'],
  ['a profile gives it', { ...grant, enrolledIn: 'Analysts' }, 'approve', '"Analysts"'],
  [
    'the person left',
    { ...grant, peers: 'most', gone: 'Ana is not active any more' },
    'deny',
    'not active',
  ],
  ['most peers hold it: a revocation', { ...revoke, peers: 'most' }, 'deny', '20 of'],
  [
    'most peers hold it, unused: a revocation',
    { ...revoke, peers: 'most', unusedDays: 120 },
    'look closer',
    '120 days',
  ],
  ['some hold it, unused: a revocation', { ...revoke, unusedDays: 120 }, 'approve', '120 days'],
  ['some hold it, used: a revocation', { ...revoke, unusedDays: 3 }, 'look closer', '20 of'],
  [
    'no peer, high risk: a revocation',
    { ...revoke, peers: 'none', risk: 'high' },
    'approve',
    'high risk',
  ],
  [
    'a profile gives it: a revocation',
    { ...revoke, enrolledIn: 'Analysts', unusedDays: 120 },
    'look closer',
    'Analysts',
  ],
  [
    'it expired: a revocation',
    { ...revoke, peers: 'most', cause: 'expired' },
    'approve',
    'date that has passed',
  ],
  [
    'the person left: a revocation',
    { ...revoke, peers: 'most', gone: 'Ana is not active any more' },
    'approve',
    'not active',
  ],
];

describe('the recommendation', () => {
  it.each(cases)('when %s: %#', (_when, signals, verdict, reason) => {
    const { verdict: said, reasons } = recommend(signals);
    expect(said).toBe(verdict);
    expect(reasons.join('; ')).toContain(reason);
  });

  it('always has an answer and a reason for it', () => {
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

  it('calls most what four of five peers hold, and few what less than one in ten does', () => {
    expect(gradePeers({ people: 5, holders: 4 })).toBe('most');
    expect(gradePeers({ people: 10, holders: 1 })).toBe('some');
    expect(gradePeers({ people: 11, holders: 1 })).toBe('few');
    expect(gradePeers({ people: 9, holders: 0 })).toBe('none');
    expect(gradePeers(undefined)).toBe('unknown');
  });
});
