import { beforeEach, describe, expect, it } from 'vitest';
import { suggestAccess } from '../../../src/governance/access/suggested-for-person.ts';
import type { ActorCtx } from '../../../src/governance/context.ts';
import { requestAccess } from '../../../src/governance/requests/request-access.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { searchEntitlements } from '../../../src/store/catalog/entitlements.ts';
import { findPersonByEmail } from '../../../src/store/people/people.ts';
import { databases } from '../../support/database.ts';
import { noon } from '../../support/small-company.ts';
import { useDatabase } from '../../support/use-database.ts';
import { sourceOf } from '../sync/sync-source.ts';

// Sales: six agents and four managers. Ana, an agent, holds nothing; the other five agents hold Calls, nine of
// the ten Mail, six Forecast, and everybody else Board, which cannot be requested.
const agents = ['ana', 'ben', 'cleo', 'dev', 'eva', 'fay'];
const managers = ['gus', 'hal', 'ida', 'jo'];
const email = (name: string) => `${name}@acme.example`;
const others = [...agents.slice(1), ...managers];
const held = {
  Calls: agents.slice(1),
  Mail: others,
  Forecast: others.slice(3),
  Rare: ['ben', 'gus'],
  Board: others,
};

describe.each(databases())('what is suggested to who asks for access, on $name', ({ open }) => {
  const db = useDatabase(open);

  beforeEach(async () => {
    const person = (jobTitle: string) => (name: string) => ({
      name,
      email: email(name),
      department: 'Sales',
      jobTitle,
      managerRef: email('bo'),
    });
    await syncSource(
      { db, actor: undefined, via: 'cli', now: noon },
      sourceOf({
        people: [
          ...agents.map(person('Agent')),
          ...managers.map(person('Manager')),
          { name: 'bo', email: email('bo'), department: 'Board' },
        ],
        applications: [{ app: 'Crm', owners: [email('bo')] }],
        entitlements: [{ app: 'Crm', entitlement: 'Board', requestable: false }],
        grants: Object.entries(held).flatMap(([right, names]) =>
          names.map((name) => `${email(name)} Crm ${right}`),
        ),
      }),
    );
  });

  const as = async (name: string): Promise<ActorCtx> => {
    const person = (await findPersonByEmail(db, email(name)))!;
    const actor = { personId: person.id, name, roles: [] };
    return { db, via: 'slack', now: noon, actor };
  };
  const suggestedTo = async (name: string, by = name) => {
    const suggested = await suggestAccess(await as(by), (await as(name)).actor.personId);
    return suggested.map((one) => `${one.name}: ${one.evidence}`);
  };

  it('is what most peers hold and the person lacks, the best supported first', async () => {
    expect(await suggestedTo('ana')).toEqual([
      'Mail: 9 of 10 in Sales hold it',
      'Calls: 5 of 6 in Sales (Agent) hold it',
      'Forecast: 6 of 10 in Sales hold it',
    ]);
    expect(await suggestedTo('ben')).toEqual(['Forecast: 6 of 10 in Sales hold it']);
  });

  it('leaves out what is asked for already', async () => {
    const [mail] = await searchEntitlements(db, { query: 'mail', limit: 1 });
    const ana = await as('ana');
    const wanted = { personId: ana.actor.personId, entitlementIds: [mail!.id], reason: 'calls' };
    await requestAccess(ana, wanted);
    expect((await suggestedTo('ana'))[0]).toContain('Calls');
  });

  it('is nothing for who has too few peers, and for people one may not ask for', async () => {
    expect(await suggestedTo('bo')).toEqual([]);
    expect(await suggestedTo('ana', 'ben')).toEqual([]);
    expect(await suggestedTo('ana', 'bo')).toHaveLength(3);
  });
});
