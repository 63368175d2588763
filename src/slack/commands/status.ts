import { loadStatus } from '../../governance/messages/status.ts';
import { formatCount } from '../../governance/wording/counts.ts';
import { escapeText, formatTime, section } from '../blocks/kit/elements.ts';
import type { CommandCall } from './call.ts';

export async function showStatus({ ctx, reply }: CommandCall): Promise<void> {
  const status = await loadStatus(ctx);
  const { lastSync, lastRun, undelivered } = status;
  const lines = [
    `${formatCount(status.people, 'active person', 'active people')}, ${formatCount(status.applications, 'application')}, ${formatCount(status.entitlements, 'entitlement')}, ${formatCount(status.grants, 'grant')}`,
    lastSync
      ? `Last import ${formatTime(lastSync.at)} (${escapeText(lastSync.connector)})`
      : 'Nothing has been imported yet: run `rolemine import csv DIR`',
    lastRun
      ? `Last analysis ${formatTime(lastRun.at)}, ${formatCount(lastRun.waiting, 'open suggestion')}`
      : 'No analysis has run yet',
    formatCount(status.openTasks, 'open task'),
    `${formatCount(undelivered.waiting, 'message')} queued, ${undelivered.failed} undeliverable`,
  ];
  await reply({
    text: `Rolemine knows ${lines[0]}.`,
    blocks: [section(lines.map((line) => `• ${line}`).join('\n'))],
  });
}
