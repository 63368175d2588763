import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { Refusal } from '../errors.ts';
import type { Output } from '../jobs/command-socket.ts';
import { reasonOf } from './read-text.ts';
import { configure } from './settings.ts';

/** `rolemine mail preview` */
export function addMail(
  program: Command,
  output: Output,
  carry: (run: () => Promise<number>) => Promise<void>,
): void {
  program
    .command('mail')
    .description('see the e-mails that Rolemine sends')
    .command('preview')
    .description('write one of every kind, with made-up people, as files to look at')
    .argument('[dir]', 'folder of the files', 'mail-preview')
    .addHelpText('after', '\nExample:\n  rolemine mail preview ./mails')
    .action((dir: string) => carry(() => preview(dir, output)));
}

async function preview(dir: string, output: Output): Promise<number> {
  const { mailFrom: from, mailReplyTo: replyTo, publicUrl, timeZone } = await configure();
  const { previewMails } = await import('../email/preview.ts');
  const files = await previewMails({ from, replyTo, publicUrl, timeZone });
  try {
    await mkdir(dir, { recursive: true });
    for (const { name, content } of files) await writeFile(join(dir, name), content);
  } catch (error) {
    throw new Refusal('unavailable', `The files cannot be written to ${dir}: ${reasonOf(error)}.`);
  }
  output.out(`${files.length} files are in ${dir}; open ${join(dir, 'index.html')}.`);
  return 0;
}
