import { findNearestWord } from '../../governance/wording/nearest-word.ts';
import { cutSearch } from '../../text.ts';
import { escapeText, section } from '../blocks/kit/elements.ts';
import type { CommandCall } from './call.ts';
import { commands } from './command-table.ts';
import { type Action, actionButtons, showHelp } from './help.ts';
import { splitWord, toPlainCommand } from './parse.ts';
import { greetings, thanks } from './sentences.ts';
import { understand } from './understand.ts';
import { usableCommands } from './usable.ts';

/**
 * Runs the command of a typed line, or the command that a plain sentence means. What it does not understand is answered
 * with the nearest actions as buttons.
 */
export async function runCommandLine(call: Omit<CommandCall, 'rest'>, text: string): Promise<void> {
  const line = toPlainCommand(text).replace(/^\/?rolemine\b[\s,:]*/i, '');
  const { word, rest } = splitWord(line);
  const meant = understand(line);
  // A number after "status" means a task, and "request" begins sentences as well.
  const command = commands.find(({ name }) => name === word);
  if (command && !(meant && isSentence(line, meant))) return command.run({ ...call, rest });
  if (meant) {
    const { word, rest } = splitWord(meant);
    const command = commands.find(({ name }) => name === word);
    if (command) return command.run({ ...call, rest });
  }
  if (thanks.test(line.toLowerCase())) return call.reply({ text: "You're welcome." });
  if (word === '' || greetings.test(line.toLowerCase())) {
    return showHelp({ ...call, rest: '' }, usableCommands(call.ctx.actor.roles));
  }
  await offerNearest(call, line);
}

/** Whether a line that begins with the name of a command reads otherwise: "status 1005", "revoke the access of Bo". */
function isSentence(line: string, meant: string): boolean {
  if (/^(status|tasks?|requests?) #?\d+$/i.test(line.trim())) return true;
  return /^(request (access|the same)|revoke (the )?access)\b/i.test(line) && meant !== line;
}

async function offerNearest(call: Omit<CommandCall, 'rest'>, line: string): Promise<void> {
  const { offered, nearest } = nearestActions(call, line);
  const quoted = escapeText(cutSearch(line));
  const question = nearest ? `Did you mean \`${nearest}\`?` : 'Did you mean one of these?';
  const text = `I do not understand “${quoted}”. ${question}`;
  await call.reply({ text, blocks: [section(text), actionButtons(offered)] });
}

/** Words that lead to a command, beside its name. */
const keywords: readonly [RegExp, Action][] = [
  [
    /access|permission|right|need|want|licen|account|login/i,
    { label: 'Request access', line: 'request' },
  ],
  [/request|pending|status|approved|denied|wait/i, { label: 'My requests', line: 'requests' }],
  [/approve|task|todo|decide|provision/i, { label: 'Open tasks', line: 'tasks' }],
  [/remove|revoke|take|leav/i, { label: 'Revoke access', line: 'revoke' }],
  [/vacation|holiday|away|delegate|cover/i, { label: 'Delegate', line: 'delegate' }],
  [/mail|notif|message/i, { label: 'Notifications', line: 'notifications' }],
  [/profile|role|team/i, { label: 'Access profiles', line: 'profiles' }],
  [/who|holder|has/i, { label: 'Find holders', line: 'entitlement' }],
];

function nearestActions({ ctx }: Omit<CommandCall, 'rest'>, line: string) {
  const usable = usableCommands(ctx.actor.roles);
  const { word, rest } = splitWord(line);
  const nearest = findNearestWord(
    word,
    usable.map(({ name }) => name),
  );
  // The words after a misspelled command stay.
  const spelled = nearest
    ? [{ label: `${nearest} ${rest}`.trim(), line: `${nearest} ${rest}`.trim() }]
    : [];
  const byWords = keywords.flatMap(([pattern, action]) => (pattern.test(line) ? [action] : []));
  const found = [...spelled.filter(({ line }) => line.length <= 200), ...byWords].slice(0, 2);
  const start = found.length === 0 ? [{ label: 'Request access', line: 'request' }] : [];
  const offered = [...start, ...found, { label: 'Help', line: 'help' }];
  return { offered, nearest };
}
