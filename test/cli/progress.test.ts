import { expect, test } from 'vitest';
import { openProgress } from '../../src/cli/progress.ts';
import { createRecorder } from './command-line.ts';

test('progress is a line on a terminal, cleared before other output, and absent elsewhere', () => {
  const drawn: string[] = [];
  const write = (text: string) => drawn.push(text);
  const lines = createRecorder();
  const progress = openProgress(lines.output, { isTTY: true, write });
  progress.show('mining', 0.5);
  progress.show('mining', 0.6);
  expect(drawn).toEqual([`\r\u001b[K[${'█'.repeat(12)}${'░'.repeat(12)}] mining`]);
  progress.output.out('done');
  progress.close();
  expect(drawn.slice(1)).toEqual(['\r\u001b[K']);
  expect(lines.out()).toBe('done');

  openProgress(lines.output, { write }).show('mining');
  expect(drawn).toHaveLength(2);
});
