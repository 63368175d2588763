import { findNearestWord } from '../../governance/wording/nearest-word.ts';
import { cutSearch } from '../../text.ts';
import { escapeText } from '../blocks/kit/elements.ts';
import type { CommandCall } from './call.ts';
import { commands } from './command-table.ts';
import { showHelp } from './help.ts';
import { splitWord, toPlainCommand } from './parse.ts';

const greetings =
  /^(hi|hello|hey|hola|hallo|good (morning|afternoon|evening)|thanks?|thank you)\b/i;

/** Runs the command of a typed line. The answer to an unknown command names the nearest one. */
export async function runCommandLine(call: Omit<CommandCall, 'rest'>, text: string): Promise<void> {
  const line = toPlainCommand(text).replace(/^\/?rolemine\b\s*/i, '');
  const { word, rest } = splitWord(line);
  const command = commands.find(({ name }) => name === word);
  if (command) return command.run({ ...call, rest });
  if (word === '' || greetings.test(line)) return showHelp({ ...call, rest }, commands);
  const nearest = findNearestWord(
    word,
    commands.map(({ name }) => name),
  );
  const advice = nearest ? `Did you mean \`${nearest}\`?` : 'Type `help` to see all commands.';
  await call.reply({ text: `There is no command “${escapeText(cutSearch(word))}”. ${advice}` });
}
