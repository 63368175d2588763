import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Refusal } from '../errors.ts';
import type { Output } from '../jobs/command-socket.ts';
import { reasonOf } from './read-text.ts';
import { loadConfig } from './settings.ts';

/** `rolemine mail preview` */
export function addMailCommands(
  program: Command,
  output: Output,
  runAction: (run: () => Promise<number>) => Promise<void>,
): void {
  program
    .command('mail')
    .description('preview the e-mails that Rolemine sends')
    .command('preview')
    .description('write one sample e-mail of every kind to files')
    .argument('[dir]', 'folder for the files', 'mail-preview')
    .addHelpText('after', '\nExample:\n  rolemine mail preview ./mails')
    .action((dir: string) => runAction(() => writePreview(dir, output)));
}

async function writePreview(dir: string, output: Output): Promise<number> {
  const { mailFrom: from, mailReplyTo: replyTo, publicUrl, timeZone } = await loadConfig();
  const { previewMails } = await import('../email/preview.ts');
  const files = await previewMails({ from, replyTo, publicUrl, timeZone });
  try {
    await mkdir(dir, { recursive: true });
    for (const { name, content } of files) await writeFile(join(dir, name), content);
  } catch (error) {
    throw new Refusal('unavailable', `The files cannot be written to ${dir}: ${reasonOf(error)}.`);
  }
  output.out(`Wrote ${files.length} files to ${dir}. Open ${join(dir, 'index.html')}.`);
  return 0;
}
