import { roleNames } from '../../governance/permissions.ts';
import { stepKinds } from '../../governance/policies/step-kinds.ts';
import { loadInbox } from '../../governance/task-cards/inbox.ts';
import { actions, button, context, escapeText, section, sections } from '../blocks/kit/elements.ts';
import { ids } from '../ids.ts';
import { commandButton } from '../state/records.ts';
import type { Command, CommandCall } from './call.ts';

/** A command as a button, and what it does in a few words. */
export interface Action {
  label: string;
  line: string;
}

/** What everybody may want, in the order in which help offers it. */
const everyday: readonly Action[] = [
  { label: 'Request access', line: 'request' },
  { label: 'My requests', line: 'requests' },
  { label: 'My access', line: 'person me' },
];

/** What a Super Admin most likely wants. */
const administration: readonly Action[] = [
  { label: 'Suggestions', line: 'suggestions' },
  { label: 'Analyze a group', line: 'analyze' },
  { label: 'Setup', line: 'setup' },
];

/** Offers the three things that this person most likely wants, as buttons. With `all` it lists the commands. */
export async function showHelp(call: CommandCall, commands: readonly Command[]): Promise<void> {
  const { ctx, reply, rest } = call;
  if (/^(all|commands)$/i.test(rest)) return reply(listCommands(commands));
  const [firstName] = ctx.actor.name.split(' ');
  const text = `Hello ${escapeText(firstName ?? '')}. Write what you need, for example “I need access to GitHub”, or choose:`;
  await reply({
    text,
    blocks: [section(text), actionButtons([...(await likelyActions(call)), allCommands])],
  });
}

const allCommands: Action = { label: 'All commands', line: 'help all' };

async function likelyActions({ ctx }: CommandCall): Promise<Action[]> {
  const { counts } = await loadInbox(ctx);
  const open = stepKinds.reduce((sum, kind) => sum + counts[kind], 0);
  const tasks = open > 0 ? [{ label: `Open tasks (${open})`, line: 'tasks' }] : [];
  const own = ctx.actor.roles.includes('super_admin') ? administration : everyday;
  return [...tasks, ...own].slice(0, 3);
}

/** Buttons that run a command each. */
export function actionButtons(offered: readonly Action[]) {
  return actions(
    'commands',
    offered.map(({ label, line }, at) =>
      button(label, `${ids.commandRun}.${at}`, commandButton.encode(line)),
    ),
  );
}

function listCommands(commands: readonly Command[]) {
  return {
    text: `Commands: ${commands.map(({ name }) => name).join(', ')}.`,
    blocks: [
      ...sections(['*Commands*', ...commands.map(describeCommand)]),
      context('You can also write these without `/rolemine`, or in your own words.'),
    ],
  };
}

function describeCommand({ usage, summary, role }: Command): string {
  const needed = role === 'everyone' ? '' : ` (${roleNames[role]}s)`;
  return `• \`/rolemine ${usage}\` — ${summary}${needed}`;
}
