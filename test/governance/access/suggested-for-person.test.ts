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

// Sales: six agents and four managers. Ana, an agent, has no access. The other five agents have
// Calls, nine of the ten have Mail, six Forecast, and everybody but Ana has Board, which cannot be
// requested.
const agents = ['ana', 'ben', 'cleo', 'dev', 'eva', 'fay'];
const managers = ['gus', 'hal', 'ida', 'jo'];
const toEmail = (name: string) => `${name}@acme.example`;
const everyoneButAna = [...agents.slice(1), ...managers];
const accessByEntitlement = {
  Calls: agents.slice(1),
  Mail: everyoneButAna,
  Forecast: everyoneButAna.slice(3),
  Rare: ['ben', 'gus'],
  Board: everyoneButAna,
};

describe.each(databases())('suggestions to a person who requests access, on $name', ({ open }) => {
  const db = useDatabase(open);

  beforeEach(async () => {
    const toPerson = (jobTitle: string) => (name: string) => ({
      name,
      email: toEmail(name),
      department: 'Sales',
      jobTitle,
      managerRef: toEmail('bo'),
    });
    await syncSource(
      { db, actor: undefined, via: 'cli', now: noon },
      sourceOf({
        people: [
          ...agents.map(toPerson('Agent')),
          ...managers.map(toPerson('Manager')),
          { name: 'bo', email: toEmail('bo'), department: 'Board' },
        ],
        applications: [{ app: 'Crm', owners: [toEmail('bo')] }],
        entitlements: [{ app: 'Crm', entitlement: 'Board', requestable: false }],
        grants: Object.entries(accessByEntitlement).flatMap(([entitlement, names]) =>
          names.map((name) => `${toEmail(name)} Crm ${entitlement}`),
        ),
      }),
    );
  });

  const actAs = async (name: string): Promise<ActorCtx> => {
    const person = (await findPersonByEmail(db, toEmail(name)))!;
    const actor = { personId: person.id, name, roles: [] };
    return { db, via: 'slack', now: noon, actor };
  };
  const listSuggestions = async (name: string, reader = name) => {
    const suggested = await suggestAccess(await actAs(reader), (await actAs(name)).actor.personId);
    return suggested.map((one) => `${one.name}: ${one.evidence}`);
  };

  it('access that most peers have is suggested, with the best evidence first', async () => {
    expect(await listSuggestions('ana')).toEqual([
      'Mail: 9 of 10 in Sales have it',
      'Calls: 5 of 6 in Sales (Agent) have it',
      'Forecast: 6 of 10 in Sales have it',
    ]);
    expect(await listSuggestions('ben')).toEqual(['Forecast: 6 of 10 in Sales have it']);
  });

  it('access that is already requested is not suggested', async () => {
    const [mail] = await searchEntitlements(db, { query: 'mail', limit: 1 });
    const ana = await actAs('ana');
    const request = { personId: ana.actor.personId, entitlementIds: [mail!.id], reason: 'calls' };
    await requestAccess(ana, request);
    expect((await listSuggestions('ana'))[0]).toContain('Calls');
  });

  it('there are no suggestions with too few peers, nor for people whom the reader may not request for', async () => {
    expect(await listSuggestions('bo')).toEqual([]);
    expect(await listSuggestions('ana', 'ben')).toEqual([]);
    expect(await listSuggestions('ana', 'bo')).toHaveLength(3);
  });
});
