import { roleNames } from '../../governance/permissions.ts';
import { context, escapeText, section, sections } from '../blocks/kit/elements.ts';
import type { Command, CommandCall } from './call.ts';

/** Lists the commands, each with its summary and the role it needs. */
export async function showHelp(
  { ctx, reply }: CommandCall,
  commands: readonly Command[],
): Promise<void> {
  const [firstName] = ctx.actor.name.split(' ');
  const text = `Hello ${firstName}. Rolemine finds access that people share, suggests access profiles, and sends access requests to their approvers.`;
  await reply({
    text: `${escapeText(text)} Commands: ${commands.map(({ name }) => name).join(', ')}.`,
    blocks: [
      section(escapeText(text)),
      ...sections(commands.map(describeCommand)),
      context('You can also type these commands here without `/rolemine`.'),
    ],
  });
}

function describeCommand({ usage, summary, role }: Command): string {
  const needed = role === 'everyone' ? '' : ` (${roleNames[role]}s)`;
  return `• \`/rolemine ${usage}\` — ${summary}${needed}`;
}
