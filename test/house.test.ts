import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';

const everywhere = ['errors', 'log', 'config', 'text'];
/** Folder → what of the product it may import; a folder may always import from itself. */
const rooms: Record<string, string[]> = {
  mining: [],
  store: everywhere,
  // The shape of what a source tells is what a sync is given.
  governance: ['mining', 'store', 'connectors/records', ...everywhere],
  connectors: everywhere,
  // Its users are a source of people.
  slack: ['governance', 'connectors/records', ...everywhere],
  email: ['governance', ...everywhere],
  web: ['governance', ...everywhere],
  jobs: ['governance', 'connectors', 'mining', 'slack/deliver', 'email/deliver', ...everywhere],
  sandbox: ['slack/limits'],
  config: ['errors', 'log'],
  errors: [],
  log: [],
  text: [],
  // Everything is allowed to these.
  main: ['*'],
  cli: ['*'],
  demo: ['*'],
};
/** Package → the one room that knows it. Packages that are not listed may be used anywhere. */
const owners: [RegExp, string[]][] = [
  [/^(drizzle-orm|@electric-sql\/|postgres$)/, ['store']],
  [/^@slack\//, ['slack']],
  [/^undici$/, ['slack']],
  [/^nodemailer/, ['email']],
  [/^express$/, ['web']],
  [/^node-cron$/, ['jobs', 'config']],
  [/^csv-parse/, ['connectors']],
  [/^commander$/, ['cli']],
  [/^(yaml|saxes)$/, ['governance']],
  [/^(ws|smtp-server|mailparser)$/, ['sandbox']],
];

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);
const imports = files.flatMap((file) => {
  const source = readFileSync(posix.join('src', file), 'utf8');
  const found = source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g);
  return [...found].map(([, target = '']) => ({ file, target, room: roomOf(file) }));
});

function roomOf(file: string): string {
  return (file.split('/')[0] ?? '').replace(/\.ts$/, '');
}

function isAllowed({ file, target, room }: (typeof imports)[number]): boolean {
  if (!target.startsWith('.')) {
    return owners.every(([packages, owners]) => !packages.test(target) || owners.includes(room));
  }
  const path = posix.join(posix.dirname(file), target).replace(/\.ts$/, '');
  const allowed = rooms[room] ?? [];
  return roomOf(path) === room || [path, roomOf(path), '*'].some((name) => allowed.includes(name));
}

describe('the house', () => {
  it('has files and imports to look at, in every room', () => {
    expect(imports.length).toBeGreaterThan(50);
    expect([...new Set(files.map(roomOf))].sort()).toEqual(Object.keys(rooms).sort());
  });

  it('lets each room import only what the plan allows, and each package only where it belongs', () => {
    const strangers = imports.filter((one) => !isAllowed(one));
    expect(strangers.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });
});
