import { describe, expect, it } from 'vitest';
import {
  findPeopleByNameOrEmail,
  findViewableEntitlements,
  findViewablePeople,
} from '../../src/governance/access/search.ts';
import { findApplicationsToManage, findOwners } from '../../src/governance/catalog/applications.ts';
import { findEntitlementsToManage } from '../../src/governance/catalog/entitlements.ts';
import { findPolicies } from '../../src/governance/catalog/policy-lookup.ts';
import type { ActorCtx } from '../../src/governance/context.ts';
import { findNewAssignees } from '../../src/governance/decisions/reassign-step.ts';
import {
  findAssignable,
  findDelegates,
  resolvePerson,
} from '../../src/governance/people/person-search.ts';
import { findUsers } from '../../src/governance/people/role-assignments.ts';
import { findUserGroups } from '../../src/governance/policies/policies.ts';
import { findForProfile, findInProfile } from '../../src/governance/profiles/entitlements.ts';
import { findEnrolledPeople } from '../../src/governance/profiles/unenroll.ts';
import { listAccessProfiles } from '../../src/governance/profiles/view.ts';
import { findEntitlements } from '../../src/governance/requests/find-entitlements.ts';
import { findApplications } from '../../src/governance/requests/request-access.ts';
import { findAccessOf } from '../../src/governance/requests/revoke-access.ts';
import { searchMinableEntitlements } from '../../src/governance/role-mining/settings.ts';
import { suggestValues } from '../../src/slack/actions/mining/forms.ts';
import { insertProfile } from '../../src/store/profiles/profiles.ts';
import { listSteps } from '../../src/store/tasks/tasks.ts';
import { cutSearch, searchWords } from '../../src/text.ts';
import { openLogged } from '../support/database.ts';
import { askFor, noon, type SmallCompany } from '../support/small-company.ts';
import { StatementLog } from '../support/statement-log.ts';
import { useCompany } from '../support/use-database.ts';

/** As a person may type it: 6,000 characters, a NUL among them. */
const typed = `a\0 b c d e f g h i j k l m n o p ${'q '.repeat(3_000)}`;

interface Place {
  company: SmallCompany;
  profileId: number;
  stepId: number;
}

const searches: Record<string, (ctx: ActorCtx, place: Place) => Promise<unknown>> = {
  'people to ask for': (ctx) => findAssignable(ctx, typed, true),
  'people with access': (ctx) => findViewablePeople(ctx, typed),
  'people by name or address': (ctx) => findPeopleByNameOrEmail(ctx, typed),
  'the person of a command': (ctx) => resolvePerson(ctx, typed).catch(() => {}),
  delegates: (ctx) => findDelegates(ctx, typed),
  owners: (ctx) => findOwners(ctx, typed),
  'new assignees': (ctx, { stepId }) => findNewAssignees(ctx, stepId, typed),
  'people with roles': (ctx) => findUsers(ctx, { words: typed, onlyWithRoles: false, page: 0 }),
  'user groups': (ctx) => findUserGroups(ctx, typed),
  'members of a profile': (ctx, { profileId }) => findEnrolledPeople(ctx, profileId, typed),
  'access profiles': (ctx) => listAccessProfiles(ctx, { words: typed, archived: false, page: 0 }),
  'entitlements to request': (ctx) =>
    findEntitlements(ctx, { query: typed, personId: ctx.actor.personId }),
  'entitlements with holders': (ctx) => findViewableEntitlements(ctx, typed),
  'entitlements of a person': (ctx, { company }) => findAccessOf(ctx, company.ids.Cy, typed),
  'entitlements for a profile': (ctx) => findForProfile(ctx, typed),
  'entitlements in a profile': (ctx, { profileId }) => findInProfile(ctx, profileId, typed),
  'entitlements for mining': (ctx) => searchMinableEntitlements(ctx, typed),
  'entitlements to manage': (ctx, { company }) =>
    findEntitlementsToManage(ctx, { applicationId: company.github, words: typed, page: 0 }),
  applications: (ctx) => findApplications(ctx, typed),
  'applications to manage': (ctx) => findApplicationsToManage(ctx, { words: typed, page: 0 }),
  policies: (ctx) => findPolicies(ctx, 'grant', typed),
  'values of an attribute': (ctx) => suggestValues(ctx, 'department', typed),
};

describe('a search', () => {
  const log = new StatementLog();
  const { db, company } = useCompany(() => openLogged(log));

  it.each(Object.entries(searches))(
    'for %s takes eight words, whatever is typed',
    async (_, run) => {
      const dana = await company.as('Dana');
      const base = { name: 'Base', nameKey: 'base', createdAt: noon };
      const profile = await insertProfile(db, base, [company.user]);
      const wanted = { personId: company.ids.Ana, entitlementId: company.admin, reason: 'on call' };
      const task = await askFor(await company.as('Ana'), wanted);
      const [step] = await listSteps(db, task.id);
      log.reset();
      await run(dana, { profileId: profile!.id, stepId: step!.id, company });
      // In three columns at most, and once more for the order.
      expect(log.countMost('ilike')).toBeLessThanOrEqual(8 * 3 + 1);
    },
  );

  it('looks for each word once and ignores what is longer than a name', () => {
    expect(searchWords(' Git\0Hub ·  Admin github ADMIN ')).toEqual(['GitHub', 'Admin']);
    expect(searchWords('a b c d e f g h i j')).toHaveLength(8);
    expect([...cutSearch('😀'.repeat(6_000))]).toHaveLength(100);
    expect(searchWords('\0 \u200b')).toEqual([]);
  });
});
