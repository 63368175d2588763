import type { SandboxActor, SeenMessage } from '../../src/sandbox/actor.ts';
import type { SandboxUser } from '../../src/sandbox/slack/users.ts';
import { type RunningRolemine, startRolemine } from './rolemine.ts';

/** The people of the company. Ana, Eva and Fay report to Bo, Ida to Hal. Kim and Lee own GitHub. */
const staff = {
  ana: 'Engineering,Engineer,bo',
  eva: 'Engineering,Engineer,bo',
  fay: 'Engineering,Engineer,bo',
  ida: 'Sales,Agent,hal',
  bo: 'Engineering,Manager,dana',
  hal: 'Sales,Manager,dana',
  kim: 'IT,Admin,dana',
  lee: 'IT,Admin,dana',
  dana: 'Security,Lead,',
};
const roles = ['Admin', 'Audit', 'Billing', 'Deploy', 'Export', 'Merge', 'Pages', 'Triage'];
const address = (name: string) => `${name}@acme.example`;

const acmeUsers: SandboxUser[] = Object.keys(staff).map((name) => ({
  name,
  realName: name.charAt(0).toUpperCase() + name.slice(1),
  email: address(name),
}));

/** Fay holds GitHub · Read, the others hold nothing. Everybody may request GitHub · Admin, Audit, Billing … */
const files = new Map([
  [
    'people.csv',
    [
      'email,name,department,job_title,manager_email',
      ...acmeUsers.map(({ name, realName }) => {
        const [department, title, manager] = staff[name as keyof typeof staff].split(',');
        return `${address(name)},${realName},${department},${title},${manager ? address(manager) : ''}`;
      }),
    ].join('\n'),
  ],
  ['applications.csv', `app,owner_email\nGitHub,${address('kim')};${address('lee')}`],
  ['entitlements.csv', ['app,entitlement', ...roles.map((role) => `GitHub,${role}`)].join('\n')],
  ['grants.csv', `person,app,entitlement\n${address('fay')},GitHub,Read`],
]);

export interface Acme extends RunningRolemine {
  as(name: string): SandboxActor;
}

/** Starts the whole program with this company. Dana is Super Admin. */
export async function startAcme(
  options: Partial<Parameters<typeof startRolemine>[0]> = {},
): Promise<Acme> {
  const users = [...acmeUsers, ...(options.users ?? [])];
  const rolemine = await startRolemine({ ...options, users, adminEmail: address('dana') });
  const { exit, lines } = await rolemine.importCsv(files);
  if (exit !== 0) throw new Error(lines.join('\n'));
  return Object.assign(rolemine, { as: (name: string) => rolemine.slack.as(name) });
}

/** Requests an entitlement of GitHub in the modal of `/rolemine request`. */
export async function ask(who: SandboxActor, role: string): Promise<void> {
  await who.command('/rolemine', 'request');
  await who.waitFor(() => who.modal());
  await who.fill({ Entitlement: `GitHub · ${role}`, Reason: `I need ${role}.` });
  const { errors, trouble } = await who.submit();
  if (errors || trouble) throw new Error(trouble ?? JSON.stringify(errors));
  await who.closeModal({ all: true });
}

/** Waits for a message with these words. @returns the newest one. */
export async function card(who: SandboxActor, words: string): Promise<SeenMessage> {
  return who.waitFor(
    () => who.messages().findLast((message) => message.words.includes(words)),
    15_000,
  );
}

/** The last answer that only this person sees. */
export const answerTo = (who: SandboxActor): string =>
  who.messages().findLast((message) => message.ephemeral)?.text ?? '';
