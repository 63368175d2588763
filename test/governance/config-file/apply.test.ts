import { eq } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { exportConfig } from '../../../src/governance/config-file/export.ts';
import type { Ctx } from '../../../src/governance/context.ts';
import { requestAccess } from '../../../src/governance/requests/request-access.ts';
import { listSuperAdmins } from '../../../src/store/people/roles.ts';
import { entitlements } from '../../../src/store/schema/access.ts';
import { auditLog, outbox } from '../../../src/store/schema/messages.ts';
import { people, personRoles, userGroups } from '../../../src/store/schema/people.ts';
import { policyRules, tasks } from '../../../src/store/schema/tasks.ts';
import { applyLines, planLines } from '../../support/config-file.ts';
import { databases } from '../../support/database.ts';
import { noon } from '../../support/small-company.ts';
import { commits, useCompany } from '../../support/use-database.ts';

const strict = `
policies:
  - name: Strict
    steps:
      - approvers: manager
      - approvers: { people: [KIM@acme.example, dana@acme.example] }
        quorum: 2
      - approvers: provisioners
`;
const whole = `${strict}
policyRules:
  - condition: { risk: high, application: github }
    policy: Strict
applications:
  - name: GITHUB
    owners: [kim@acme.example, bo@acme.example]
    instructions: Ask in the channel.
    entitlements:
      - { name: admin, risk: medium, owners: [dana@acme.example], policy: Strict, longestDays: 30 }
      - { name: Billing, category: Money, mined: false }
  - { name: Desk, provisioners: [lee@acme.example] }
roles:
  kim@acme.example: [campaign_admin, super_admin]
mining: { minLift: 2, dimensions: [department] }
`;

describe.each(databases())('configuration as a file, on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let ctx: Ctx;

  beforeEach(async () => {
    ctx = { db, actor: undefined, via: 'cli', now: noon };
  });

  const plan = (text: string) => planLines(ctx, text);
  const apply = (text: string) => applyLines(ctx, text);

  it('a file is planned in words and applied as planned, and a second time changes nothing', async () => {
    const planned = await plan(whole);
    expect(planned).toEqual([
      'new policy “Strict”, for requests: manager → dana@acme.example or kim@acme.example, quorum 2 → provisioners',
      'rule 1 added: request, high risk, application GitHub: “Strict”',
      'GitHub: owners bo@acme.example added',
      'GitHub: instructions changed',
      'new application Desk: provisioners lee@acme.example',
      'GitHub · Admin: risk high → medium',
      'GitHub · Admin: owners dana@acme.example added',
      'GitHub · Admin: longest days none → 30',
      'GitHub · Admin: policy none → Strict',
      'new entitlement GitHub · Billing: category Money, for mining no',
      'kim@acme.example: Basic User → Campaign Admin and Super Admin',
      'role mining: minLift 1.2 → 2',
      'role mining: dimensions all attributes → department',
    ]);
    expect(await db.select().from(policyRules)).toEqual([]);
    expect(await apply(whole)).toEqual(planned);
    expect(await apply(whole)).toEqual([]);
    const ana = await company.as('Ana');
    await requestAccess(ana, {
      personId: ana.actor.personId,
      entitlementIds: [company.admin],
      reason: 'on call',
      until: new Date('2026-12-01T12:00:00Z'),
    });
    const [task] = await db.select().from(tasks);
    expect(task?.policyName).toBe('Strict');
  });

  it('two applies at once apply a file once', commits, async () => {
    const both = await Promise.all([apply(whole), apply(whole)]);
    expect(both.map((lines) => lines.length).sort()).toEqual([0, 13]);
    expect(await plan(whole)).toEqual([]);
  });

  it('a file cannot name an entitlement that its source closed', async () => {
    await db.update(entitlements).set({ closedAt: noon }).where(eq(entitlements.id, company.user));
    const text = 'applications: [{ name: GitHub, entitlements: [{ name: user, risk: high }] }]';
    expect(await plan(text)).toEqual(['1:55 "user": its source no longer lists this entitlement']);
    expect(await exportConfig(ctx)).not.toContain('User');
  });

  it('each change has an audit row without an actor, and role changes notify the person', async () => {
    await apply(whole);
    const rows = await db.select().from(auditLog).orderBy(auditLog.id);
    const verbs = rows.map(({ verb }) => verb);
    expect([...new Set(verbs)].sort()).toEqual(
      [
        ...['application.change', 'application.create', 'entitlement.change', 'entitlement.create'],
        ...['mining.settings', 'policy.create', 'role.change', 'rules.change'],
      ].sort(),
    );
    expect(rows.every(({ actorId, via }) => actorId === null && via === 'cli')).toBe(true);
    const admin = rows.find(({ subject }) => subject === `entitlement:${company.admin}`);
    expect(admin).toMatchObject({
      before: { risk: 'high', policyId: null, maxGrantDays: null },
      after: { risk: 'medium', policyId: expect.any(Number), maxGrantDays: 30 },
    });
    const [notice] = await db.select().from(outbox).where(eq(outbox.kind, 'roles'));
    expect(notice?.recipientId).toBe(company.ids.Kim);
    const [row] = await db.select().from(entitlements).where(eq(entitlements.id, company.admin));
    expect(row?.version).toBe(2);
  });

  it('a file with problems gets all of them, each with its place, and changes nothing', async () => {
    const problems = await plan(`applications:
  - name: GitHub
    owners: [kym@acme.example, gone@acme.example]
    policy: Two aprovals
    revokePolicy: One approval
    entitlements:
      - { name: Admin, risk: low }
      - { name: admin }
  - name: github
policies:
  - name: One approval
    steps: [{ approvers: manager }, { approvers: provisioners }]
  - name: Loose
    steps: [{ approvers: provisioners }, { approvers: { userGroup: ops } }]
  - name: Few
    steps: [{ approvers: { people: [dana@acme.example] }, quorum: 2 }, { approvers: provisioners }]
policyRules:
  - { condition: { risk: high }, policy: Loose }
  - { condition: { risk: high, application: Jira }, policy: Nothing }
roles:
  dana@acme.example: []
  nobody@acme.example: [super_admin]
mining: { maxDepth: 9, excludedEntitlements: [{ application: GitHub, entitlement: Owner }] }
`);
    expect(problems).toEqual([
      '3:14 "kym@acme.example": nobody has this e-mail address; did you mean kim@acme.example?',
      '3:32 "gone@acme.example": Gone is not active',
      '4:13 "Two aprovals": there is no policy of this name for requests; did you mean Two approvals?',
      '8:17 "admin": this entitlement is in the file already',
      '9:11 "github": this application is in the file already',
      '11:11 "One approval": this is a built-in policy; give yours another name',
      '14:13 undefined: only the last step can carry it out; move this step to the end',
      '14:42 undefined: add a last step that provisions: approvers: provisioners',
      '14:68 "ops": there is no Slack user group with this handle',
      '16:67 2: only 1 can approve in this step',
      '19:5 undefined: this rule never matches: rule 1 already matches all its cases',
      '19:45 "Jira": there is no application of this name',
      '19:61 "Nothing": there is no policy of this name for requests',
      '22:3 "nobody@acme.example": nobody has this e-mail address; did you mean bo@acme.example?',
      '23:21 9: expected a whole number from 1 to 5, not 9',
      '23:83 "Owner": there is no entitlement of this name',
    ]);
    expect(await db.select().from(auditLog).orderBy(auditLog.id)).toEqual([]);
  });

  it('a file with an invalid form is still checked completely', async () => {
    const problems = await plan(`applications:
  - name: GitHub
    owners: [7, kym@acme.example]
    entitlements: [{ risk: low }, 5, { name: Admin, owners: [nobody@x.example] }]
  - owners: []
  - name: Desk
    policy: Strcit
policies:
  - name: Strict
    steps: [{ approvers: manager, quorum: many }]
roles:
  dana@acme.example: [king]
`);
    expect(problems).toEqual([
      '3:14 7: expected a text; a number or date goes in quotes',
      '3:17 "kym@acme.example": nobody has this e-mail address; did you mean kim@acme.example?',
      '4:20 undefined: name is missing: expected a text; a number or date goes in quotes',
      expect.stringMatching(/^4:35 5: expected a map with: name, /),
      '4:62 "nobody@x.example": nobody has this e-mail address',
      '5:5 undefined: name is missing: expected a text; a number or date goes in quotes',
      '7:13 "Strcit": there is no policy of this name for requests; did you mean Strict?',
      '10:43 "many": expected a whole number from 1 to 20',
      expect.stringMatching(/^12:23 "king": expected access_request_helpdesk, /),
    ]);
  });

  it('a file cannot remove the last Super Admin, but can transfer the role', async () => {
    const sole = await apply('roles: { dana@acme.example: [campaign_admin] }');
    expect(sole).toEqual([
      '1:1 "roles": this would leave no Super Admin; give somebody super_admin',
    ]);
    const change = 'roles: { dana@acme.example: [], bo@acme.example: [super_admin] }';
    expect(await apply(change)).toHaveLength(2);
    const admins = await listSuperAdmins(db);
    expect(admins.map(({ name }) => name)).toEqual(['Bo']);
  });

  it('an e-mail address wins over an equal id of another person', async () => {
    const { Lee } = company.ids;
    await db.update(people).set({ externalId: 'bo@acme.example' }).where(eq(people.id, Lee));
    expect(await apply('roles: { bo@acme.example: [super_admin] }')).toHaveLength(1);
    const admins = await listSuperAdmins(db);
    expect(admins.map(({ name }) => name)).toEqual(['Bo', 'Dana']);
  });

  it('a file cannot give a role to somebody who has left', async () => {
    const { Gone } = company.ids;
    await db.insert(personRoles).values({ personId: Gone, role: 'campaign_admin' });
    const change = 'roles: { dana@acme.example: [], gone@acme.example: [super_admin] }';
    expect(await apply(change)).toEqual([
      '1:1 "roles": this would leave no Super Admin; give somebody super_admin',
      '1:33 "gone@acme.example": Gone is not active',
    ]);
    expect(await apply('roles: { gone@acme.example: [] }')).toHaveLength(1);
  });

  it('a file removes a policy that it omits, unless the policy is in use', async () => {
    await apply(whole);
    expect(await plan('policies: []')).toEqual([
      '1:1 "policies": “Strict” is not in this list but still used by GitHub · Admin and 1 more: keep it here, or choose another policy there',
    ]);
    const without = `policies: []
policyRules: []
applications: [{ name: GitHub, entitlements: [{ name: Admin, policy: null }] }]`;
    expect(await apply(without)).toEqual([
      'policy “Strict” removed',
      'rule 1 removed: request, high risk, application GitHub: “Strict”',
      'GitHub · Admin: policy Strict → none',
    ]);
    expect(await plan(without)).toEqual([]);
  });

  it('the exported file changes nothing', async () => {
    await db.insert(userGroups).values({
      ...{ id: 'S1', handle: 'ops', name: 'Operations', memberIds: [], readAt: noon },
    });
    await apply(whole);
    const group = strict.replace(
      '{ people: [KIM@acme.example, dana@acme.example] }',
      '{ userGroup: "@ops" }',
    );
    expect(await apply(group)).toHaveLength(1);
    // Somebody who owns something leaves, and somebody else has no e-mail address.
    const { Bo, Lee } = company.ids;
    await db.update(people).set({ active: false }).where(eq(people.id, Bo));
    await db.update(people).set({ email: null, externalId: '007' }).where(eq(people.id, Lee));
    const text = await exportConfig(ctx);
    expect(text).toContain('"007"');
    expect(await plan(text)).toEqual([]);
  });
});
