import type { Argument, Command as CliCommand, Option } from 'commander';
import { buildProgram, exitCodes } from '../../src/cli/program.ts';
import { roleNames } from '../../src/governance/permissions.ts';
import type { Command } from '../../src/slack/commands/call.ts';
import { commands } from '../../src/slack/commands/command-table.ts';

/** The document that `npm run docs:commands` writes. A test compares it with the code. */
export const referenceFile = 'docs/commands.md';

/** Renders the reference of all commands, in Slack and on the command line, as Markdown. */
export function renderCommandReference(): string {
  const forEveryone = commands.filter(({ role }) => role === 'everyone');
  const byRole = commands.filter(({ role }) => role !== 'everyone');
  const output = { out: () => {}, err: () => {} };
  const program = buildProgram(output, async () => {});
  return `${[
    '# Commands',
    'Every command in Slack and on the command line. `npm run docs:commands` writes this document from the code; do not edit it.',
    '- [In Slack](#in-slack): [for everyone](#for-everyone), [by role](#by-role)\n- [On the command line](#on-the-command-line): [exit codes](#exit-codes)',
    '## In Slack',
    `Type a command in any conversation, or without the slash as a message to Rolemine. Every command checks your permissions ([roles](${toLink('docs/governance.md#roles-and-permissions')})).`,
    '### For everyone',
    ...forEveryone.flatMap(renderSlackCommand),
    '### By role',
    ...byRole.flatMap(renderSlackCommand),
    '## On the command line',
    `\`npm run rolemine -- COMMAND\` runs a command in a checkout, \`rolemine COMMAND\` where the package is installed. Settings come from environment variables or a \`.env\` file ([settings](${toLink('docs/operations.md#settings')})).`,
    ...listRunnable(program).flatMap(renderCliCommand),
    '### Exit codes',
    renderTable(['code', 'meaning'], Object.entries(exitCodes).map(renderExitCode)),
  ].join('\n\n')}\n`;
}

/** A link from the reference to another document. The full path lets test/house.test.ts check it. */
function toLink(path: string): string {
  return path.replace(/^docs\//, '');
}

function renderSlackCommand({ usage, summary, details, role, example }: Command): string[] {
  const needed = role === 'everyone' ? '' : ` Needs the role ${roleNames[role]}.`;
  return [
    `#### \`/rolemine ${usage}\``,
    `${capitalize(summary)}.`,
    `${details}${needed}`,
    `Example: \`${example}\``,
  ];
}

/** Commands that do something, in their order, without those that only group others. */
function listRunnable(command: CliCommand): CliCommand[] {
  if (command.commands.length === 0) return [command];
  return command.commands.flatMap(listRunnable);
}

function renderCliCommand(command: CliCommand): string[] {
  const rows = [
    ...command.registeredArguments.map(describeArgument),
    ...command.options.map(describeOption),
  ];
  return [
    `### \`${pathOf(command)}\``,
    `${capitalize(command.description())}.`,
    `\`\`\`sh\n${usageOf(command)}\n\`\`\``,
    ...(rows.length > 0 ? [renderTable(['argument or option', 'meaning'], rows)] : []),
    `Example:\n\n\`\`\`sh\n${readExamples(command).join('\n')}\n\`\`\``,
  ];
}

function pathOf(command: CliCommand): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}

function usageOf(command: CliCommand): string {
  const words = command.registeredArguments.map(nameArgument);
  return [pathOf(command), ...words, ...(command.options.length > 0 ? ['[options]'] : [])].join(
    ' ',
  );
}

function nameArgument(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}

function describeArgument(argument: Argument): string[] {
  const fallback: unknown = argument.defaultValue;
  const note = fallback === undefined ? '' : ` (default: \`${String(fallback)}\`)`;
  return [`\`${nameArgument(argument)}\``, `${argument.description}${note}`];
}

function describeOption({ flags, description, argChoices }: Option): string[] {
  const note = argChoices ? `; one of ${argChoices.join(', ')}` : '';
  return [`\`${flags}\``, `${description}${note}`];
}

/** The examples stand only in the help text of a command. @throws Error for a command without an example. */
function readExamples(command: CliCommand): string[] {
  const help: string[] = [];
  command.configureOutput({ writeOut: (text) => void help.push(text) });
  command.outputHelp();
  const [, examples] = help.join('').split('\nExample:\n');
  if (!examples) throw new Error(`${pathOf(command)} has no example in its help.`);
  return examples
    .trimEnd()
    .split('\n')
    .map((line) => line.trim());
}

/** "invalidCommandLine" → "invalid command line" */
function renderExitCode([name, code]: [string, number]): string[] {
  return [String(code), name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)];
}

function renderTable(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.map(escapeCell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function escapeCell(text: string): string {
  // A "<" outside of code would begin an HTML element.
  return text.replaceAll('|', '\\|').replace(/<(?![^`]*`(?:[^`]*`[^`]*`)*[^`]*$)/g, '&lt;');
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
