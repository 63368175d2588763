import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { Refusal } from '../../../src/errors.ts';
import type { ActorCtx } from '../../../src/governance/context.ts';
import {
  explainPermission,
  hasPermission,
  type Permission,
} from '../../../src/governance/permissions.ts';
import type { Db } from '../../../src/store/db.ts';
import type { RoleName } from '../../../src/store/schema/people.ts';
import { people } from '../../../src/store/schema/people.ts';
import { listSteps } from '../../../src/store/tasks/tasks.ts';
import { databases } from '../../support/database.ts';
import { askFor, noon } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';
import { guarded, otherwise, type Scene } from './guards.ts';

const roles = [
  undefined,
  'access_request_helpdesk',
  'access_request_admin',
  'campaign_admin',
  'connector_admin',
  'super_admin',
] as const;

/** docs/governance.md#roles-and-permissions: a column a role, Basic User first. */
const reference: [Permission, string][] = [
  ['viewDashboard', '✓✓✓✓✓✓'],
  ['completeAssignedTasks', '✓✓✓✓✓✓'],
  ['requestForAnyone', '·✓✓··✓'],
  ['manageProfiles', '··✓··✓'],
  ['manageCampaigns', '···✓·✓'],
  ['manageCampaignTasks', '···✓·✓'],
  ['viewConnectors', '····✓✓'],
  ['manageConnectors', '····✓✓'],
  ['manageApplications', '·····✓'],
  ['managePolicies', '·····✓'],
  ['reassignAnyTask', '·····✓'],
  ['manageUsers', '·····✓'],
  ['viewSecurityDashboard', '·····✓'],
  ['viewAccessExplorer', '·····✓'],
  ['viewConflicts', '·····✓'],
  ['mineRoles', '·····✓'],
];

describe('who may do what', () => {
  it.each(reference)('%s is of these roles: %s', (permission, row) => {
    const marks = roles.map((role) => (hasPermission(role ? [role] : [], permission) ? '✓' : '·'));
    expect(marks.join('')).toBe(row);
  });

  it('the tables of docs/governance.md#roles-and-permissions say the same, of every permission', () => {
    const source = readFileSync('src/governance/permissions.ts', 'utf8');
    const permissions = [...source.matchAll(/^ {2}(\w+): \{$|^ {2}(\w+): \{ roles/gm)].map(
      ([, long, short]) => long ?? short,
    );
    const tables = readFileSync('docs/governance.md', 'utf8').matchAll(
      /^\| `(\w+)` \|[^|]+((?:\| ?✓? ?){6})\|$/gm,
    );
    const rows = [...tables].map(([, name = '', marks = '']): [string, string] => [
      name,
      marks
        .split('|')
        .slice(1)
        .map((mark) => mark.trim() || '·')
        .join(''),
    ]);
    expect(permissions).toHaveLength(20);
    expect(rows.map(([name]) => name)).toEqual(permissions);
    for (const [name, marks] of rows) {
      const may = roles.map((role) => hasPermission(role ? [role] : [], name as Permission));
      expect({ name, marks }).toEqual({
        name,
        marks: may.map((can) => (can ? '✓' : '·')).join(''),
      });
    }
  });

  it('roles add up', () => {
    const both: RoleName[] = ['access_request_helpdesk', 'campaign_admin'];
    expect(hasPermission(both, 'requestForAnyone') && hasPermission(both, 'manageCampaigns')).toBe(
      true,
    );
  });

  it('every verb of somebody who acts, or who holds a link, says what guards it', () => {
    const files = readdirSync('src/governance', { recursive: true, encoding: 'utf8' });
    const found = files
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => {
        const source = readFileSync(`src/governance/${file}`, 'utf8');
        const verbs = source.matchAll(
          /export (?:async )?function (\w+)(?:<[^>]*>)?\(\s*ctx: (?:ActorCtx|Ctx,\s*(?:token|session|entry))/g,
        );
        return [...verbs].map(([, name]) => `${file.replace('.ts', '')} ${name}`);
      });
    expect(found.length).toBeGreaterThan(50);
    const known = new Set([...Object.keys(guarded), ...Object.keys(otherwise)]);
    expect(found.filter((verb) => !known.has(verb))).toEqual([]);
    expect(Object.keys(guarded).filter((verb) => !found.includes(verb))).toEqual([]);
  });
});

describe.each(databases())('each guarded verb, by each role, on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let actor: ActorCtx;
  let scene: Scene;

  // Somebody to whom nothing in the company is anything: only a role can allow it.
  beforeAll(async () => {
    const task = await askFor(await company.as('Ana'), {
      personId: company.ids.Ana,
      entitlementId: company.user,
      reason: 'on call',
    });
    const [step] = await listSteps(db, task.id);
    scene = {
      personId: company.ids.Ana,
      entitlementId: company.admin,
      step: { stepId: step!.id, version: step!.version },
    };
    const [zoe] = await db
      .insert(people)
      .values({ connector: 'csv', name: 'Zoe', email: 'zoe@acme.example' })
      .returning();
    actor = {
      db,
      via: 'slack',
      now: noon,
      actor: { personId: zoe!.id, name: 'Zoe', roles: [] },
    };
  });

  /** The sentence of a refusal for want of a permission; undefined for anything else. */
  async function refusalOf(verb: string, role: RoleName | undefined): Promise<string | undefined> {
    const [, call] = guarded[verb]!;
    let refused: string | undefined;
    await db
      .transaction(async (tx) => {
        const as = { ...actor.actor, roles: role ? [role] : [] };
        await call({ ...actor, db: tx as unknown as Db, actor: as }, scene).catch((error) => {
          if (error instanceof Refusal && error.code === 'forbidden') refused = error.message;
          else if (!(error instanceof Refusal)) throw error;
        });
        tx.rollback();
      })
      .catch((error) => {
        if (!/rollback/i.test(String(error))) throw error;
      });
    return refused;
  }

  it.each(Object.keys(guarded))('%s', async (verb) => {
    const [permission] = guarded[verb]!;
    for (const role of roles) {
      const refused = await refusalOf(verb, role);
      const may = hasPermission(role ? [role] : [], permission);
      const said = refused?.startsWith(explainPermission(permission)) ?? false;
      expect({ role, refused: refused !== undefined, said }).toEqual({
        role,
        refused: !may,
        said: !may,
      });
    }
  });
});
