import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { listReturnedPeople } from '../../../src/governance/people/departures.ts';
import { setRoles } from '../../../src/governance/people/role-assignments.ts';
import { requestAccess } from '../../../src/governance/requests/request-access.ts';
import {
  listRecentMerges,
  mergePeople,
  previewMerge,
  splitPeople,
} from '../../../src/governance/sync/merge-people.ts';
import { decidePeoplePairs, listPeoplePairs } from '../../../src/governance/sync/people-pairs.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { listRoles } from '../../../src/store/people/roles.ts';
import { applicationOwners, grants } from '../../../src/store/schema/access.ts';
import { auditLog } from '../../../src/store/schema/messages.ts';
import { people } from '../../../src/store/schema/people.ts';
import { tasks } from '../../../src/store/schema/tasks.ts';
import { databases } from '../../support/database.ts';
import { useCompany } from '../../support/use-database.ts';
import { type Content, sourceOf } from './sync-source.ts';

const staff = [3, 4, 5, 6].map((id) => ({ id: `${id}`, name: `Person ${id}` }));
const jo = { id: '1', email: 'jo@hr.example', name: 'Jo Lee' };
const joanna = { id: '2', email: 'joanna@hr.example', name: 'Joanna Lee' };

describe.each(databases())('two records of one person, on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let first = 0;
  let second = 0;

  const sync = (list: Content['people'], held: string[] = []) =>
    syncSource(company.system, sourceOf({ people: [...list, ...staff], grants: held }, 'hr'));
  const idOf = async (externalId: string) =>
    (await db.select().from(people).where(eq(people.externalId, externalId)))[0]!.id;
  const holds = (personId: number) => db.$count(grants, eq(grants.personId, personId));
  const owns = (personId: number) =>
    db.$count(applicationOwners, eq(applicationOwners.personId, personId));

  beforeEach(async () => {
    await sync([jo, joanna], ['1 Jira user', '2 Jira user', '2 Jira admin']);
    [first, second] = [await idOf('1'), await idOf('2')];
    await setRoles(company.system, second, { before: [], after: ['connector_admin'] });
    const owner = { applicationId: company.github, personId: second, kind: 'owner' } as const;
    await db.insert(applicationOwners).values(owner);
  });

  it('become one: access and tasks move, rights do not, and later imports keep it so', async () => {
    const dana = await company.as('Dana');
    const asked = { personId: second, entitlementIds: [company.user], reason: 'Work' };
    const { opened } = await requestAccess(dana, asked);
    expect(await previewMerge(dana, { keepId: first, mergeId: second })).toEqual({
      kept: { id: first, name: 'Jo Lee', about: 'jo@hr.example, id 1' },
      merged: { id: second, name: 'Joanna Lee', about: 'joanna@hr.example, id 2' },
      rights: ['Connector Admin', 'owner of GitHub'],
    });
    await mergePeople(dana, { keepId: first, mergeId: second, withRights: false });
    expect(await holds(first)).toBe(2);
    expect([await listRoles(db, first), await owns(first), await owns(second)]).toEqual([[], 0, 0]);
    const [task] = await db.select().from(tasks).where(eq(tasks.id, opened[0]!.id));
    expect(task).toMatchObject({ personId: first, state: 'open' });
    await sync([jo, joanna], ['1 Jira user', '2 Jira admin']);
    await sync([joanna], ['2 Jira admin']);
    expect(await db.select().from(people).where(eq(people.id, first))).toMatchObject([
      { closedAt: null, externalId: '1', email: 'joanna@hr.example' },
    ]);
    const again = mergePeople(dana, { keepId: first, mergeId: second, withRights: false });
    await expect(again).rejects.toThrow('Joanna Lee was merged already.');
  });

  it('become two again: what moved moves back, and rights that the merge gave end', async () => {
    const dana = await company.as('Dana');
    await mergePeople(dana, { keepId: first, mergeId: second, withRights: true });
    expect(await listRoles(db, first)).toEqual(['connector_admin']);
    expect(await owns(first)).toBe(1);
    expect(await listRecentMerges(dana)).toMatchObject([{ merged: 'Joanna Lee', kept: 'Jo Lee' }]);
    await splitPeople(dana, { mergedId: second });
    expect([await listRoles(db, first), await owns(first)]).toEqual([[], 0]);
    expect([await holds(first), await holds(second)]).toEqual([1, 2]);
    expect(await db.select().from(people).where(eq(people.id, second))).toMatchObject([
      { closedAt: null, active: true, email: 'joanna@hr.example', mergedInto: null },
    ]);
    const { counts } = await sync([jo, joanna], ['1 Jira user', '2 Jira user', '2 Jira admin']);
    expect(counts).toMatchObject({ peopleAdded: 0, grantsAdded: 0, grantsClosed: 0 });
    const verbs = (await db.select().from(auditLog)).map(({ verb }) => verb);
    expect(verbs).toEqual(expect.arrayContaining(['person.merge', 'person.split']));
  });

  it('give nobody rights of their own choice', async () => {
    await setRoles(company.system, second, { before: ['connector_admin'], after: ['super_admin'] });
    const roles = await listRoles(db, second);
    const joannaCtx = {
      ...(await company.as('Dana')),
      actor: { personId: second, name: '', roles },
    };
    const merge = { keepId: second, mergeId: first, withRights: true };
    await expect(mergePeople(joannaCtx, merge)).rejects.toThrow('Another Super Admin');
  });

  it('are asked about when the address of a leaver comes back, and join with rights only on demand', async () => {
    await sync([jo]);
    await sync([jo, { id: '9', email: joanna.email, name: 'Joanna Lee' }]);
    const newId = await idOf('9');
    const dana = await company.as('Dana');
    const [question] = await listPeoplePairs(dana);
    expect(question).toMatchObject({
      kind: 'reused',
      pairs: [{ person: { name: 'Joanna Lee' }, rights: ['Connector Admin', 'owner of GitHub'] }],
    });
    const pairIds = [question!.pairs[0]!.pairId];
    await decidePeoplePairs(dana, { pairIds, isSame: true, withRights: true });
    expect([await listRoles(db, newId), await owns(newId)]).toEqual([['connector_admin'], 1]);
    expect(await listReturnedPeople(dana)).toEqual([]);
  });
});
