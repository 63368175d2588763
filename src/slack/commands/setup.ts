import { claimSetup } from '../../governance/people-links.ts';
import { loadStatus } from '../../governance/status.ts';
import { section } from '../blocks/elements.ts';
import { readUser } from '../people.ts';
import type { Call } from './rolemine.ts';

/** The first Super Admin, and what comes next. */
export async function runSetup({ deps, client, ctx, userId, reply }: Call): Promise<void> {
  const { isWorkspaceAdmin } = await readUser(deps, client, userId);
  const isNew = await claimSetup(ctx, deps.adminEmail, isWorkspaceAdmin);
  const now = await loadStatus(ctx);
  const done = (isDone: boolean) => (isDone ? '✓' : '○');
  const head = isNew
    ? 'You are now the Super Admin of Rolemine.'
    : 'You are a Super Admin of Rolemine.';
  const steps = [
    `✓ Super Admin: ${isNew ? 'you, since just now' : 'you'}`,
    `${done(now.people > 1)} People and access: ${now.grants > 0 ? `${now.people} people, ${now.grants} grants` : 'run `rolemine import csv DIR` where Rolemine runs'}`,
    `${done(now.lastRun !== undefined)} First analysis: ${now.lastRun ? `done, ${now.lastRun.waiting} suggestions wait` : 'follows the import, or type `/rolemine analyze all`'}`,
  ];
  await reply({
    text: `${head} ${steps.join(' ')}`,
    blocks: [section(`*${head}*`), section(steps.join('\n'))],
  });
}
