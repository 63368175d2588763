import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lockFolder } from '../../src/store/folder-lock.ts';

describe('the data folder', () => {
  const root = mkdtempSync(join(tmpdir(), 'rolemine-lock-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const modeOf = (folder: string) => statSync(folder).mode & 0o777;

  it('is created for its own user alone', () => {
    const folder = join(root, 'new');
    lockFolder(folder)();
    expect(modeOf(folder)).toBe(0o700);
  });

  it('is closed to other users if it was open to them', () => {
    const folder = join(root, 'old');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    lockFolder(folder)();
    expect(modeOf(folder)).toBe(0o700);
  });
});
