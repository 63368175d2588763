import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorsOf, linksOf, pathsOf } from './support/documents.ts';

const everywhere = ['errors', 'log', 'config', 'text', 'collections', 'time-zones'];
/** Layer → what of the product it may import; a layer may always import from itself. */
const layers: Record<string, string[]> = {
  mining: ['collections'],
  store: everywhere,
  // A sync takes what a connector yields, so governance knows the shape of source records.
  governance: ['mining', 'store', 'connectors/records', ...everywhere],
  connectors: everywhere,
  // Slack's users are a source of people.
  slack: ['governance', 'connectors/records', ...everywhere],
  email: ['governance', ...everywhere],
  web: ['governance', ...everywhere],
  jobs: ['governance', 'connectors', 'mining', 'slack/deliver', 'email/deliver', ...everywhere],
  sandbox: ['slack/limits'],
  config: ['errors', 'log', 'time-zones'],
  errors: [],
  log: [],
  text: [],
  'time-zones': [],
  collections: [],
  // These assemble the program and may import everything.
  main: ['*'],
  cli: ['*'],
  demo: ['*'],
};

/** The folders of governance; each imports only from folders before it, `wording` and the root files. */
const governanceOrder = [
  'wording',
  'cohorts',
  'notifications',
  'people',
  'delegations',
  'catalog',
  'policies',
  'tasks',
  'requests',
  'reminders',
  'mining-rules',
  'role-rules',
  'access',
  'role-mining',
  'simulations',
  'profiles',
  'task-cards',
  'decisions',
  'email-links',
  'sync',
  'messages',
  'config-file',
];

/** Package → the one layer that imports it. Packages that are not listed may be used anywhere. */
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

const maxFilesInFolder = 35;

const listTypeScript = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => posix.join(folder, file));

const files = listTypeScript('src');
const importsOf = new Map(
  files.map((file) => {
    const found = readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g);
    return [file, [...found].map(([, target = '']) => resolve(file, target))];
  }),
);
const imports = [...importsOf].flatMap(([file, targets]) =>
  targets.map((target) => ({ file, target })),
);

const documents = [
  ...readdirSync('.').filter((file) => file.endsWith('.md')),
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => posix.join('docs', file)),
];

/** The path of an imported file from the root; a package keeps its name. */
function resolve(file: string, target: string): string {
  return target.startsWith('.') ? posix.join(posix.dirname(file), target) : target;
}

/** "governance" of "src/governance/tasks/approvers.ts", "main" of "src/main.ts". */
function layerOf(file: string): string {
  return (file.split('/')[1] ?? '').replace(/\.ts$/, '');
}

function isLayerAllowed(file: string, target: string): boolean {
  const layer = layerOf(file);
  if (!target.startsWith('src/')) {
    return owners.every(([packages, owners]) => !packages.test(target) || owners.includes(layer));
  }
  const path = target.replace(/^src\/|\.ts$/g, '');
  const allowed = layers[layer] ?? [];
  return (
    layerOf(target) === layer || [path, layerOf(target), '*'].some((name) => allowed.includes(name))
  );
}

/** The place of a governance file in the order; root files are open to all and import nothing but wording. */
function rankOf(file: string): number {
  const [, , folder = '', ...rest] = file.split('/');
  return rest.length === 0 ? 0 : governanceOrder.indexOf(folder);
}

/** Files that import each other in a circle, found by walking the imports depth first. */
function findCircles(): string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (file: string, path: string[]) => {
    const start = path.indexOf(file);
    if (start >= 0) circles.push([...path.slice(start), file].join(' → '));
    if (start >= 0 || done.has(file)) return;
    for (const target of importsOf.get(file) ?? []) walk(target, [...path, file]);
    done.add(file);
  };
  for (const file of files) walk(file, []);
  return circles;
}

describe('the house', () => {
  it('has files and imports to look at, in every layer and every folder of governance', () => {
    expect(imports.length).toBeGreaterThan(3000);
    expect([...new Set(files.map(layerOf))].sort()).toEqual(Object.keys(layers).sort());
    const folders = readdirSync('src/governance', { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect(folders.sort()).toEqual([...governanceOrder].sort());
  });

  it('lets each layer import only what the plan allows, and each package only where it belongs', () => {
    const wrong = imports.filter(({ file, target }) => !isLayerAllowed(file, target));
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('lets each folder of governance import only from the folders before it', () => {
    const inGovernance = (file: string) => file.startsWith('src/governance/');
    const wrong = imports.filter(
      ({ file, target }) =>
        inGovernance(file) && inGovernance(target) && rankOf(target) > rankOf(file),
    );
    expect(wrong.map(({ file, target }) => `${file} imports ${target}`)).toEqual([]);
  });

  it('tells the order of the folders of governance in docs/architecture.md', () => {
    const rows = readFileSync('docs/architecture.md', 'utf8').matchAll(/^\| `([a-z-]+)` \|/gm);
    expect([...rows].map(([, folder]) => folder)).toEqual(governanceOrder);
  });

  it('searches text in one place, which limits the number of words', () => {
    const searching = files.filter((file) =>
      /\bi?like\(|\bilike\b/.test(readFileSync(file, 'utf8')),
    );
    expect(searching).toEqual(['src/store/search.ts']);
  });

  it('has no circle of imports, types included', () => {
    expect(findCircles()).toEqual([]);
  });

  it('has no folder of more files than one can look through', () => {
    const counts = new Map<string, number>();
    for (const file of [...files, ...listTypeScript('test')]) {
      const folder = posix.dirname(file);
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    expect([...counts].filter(([, count]) => count > maxFilesInFolder)).toEqual([]);
  });

  it('cites only documents and sections that exist', () => {
    const code = [...files, ...listTypeScript('test'), ...listTypeScript('bench')];
    const cited = code
      .filter((file) => file !== 'test/house.test.ts')
      .flatMap((file) => {
        const found = readFileSync(file, 'utf8').matchAll(/([\w./-]+\.md)(?:#([\w-]+))?/g);
        return [...found].map(([, document = '', section]) => {
          return { file, document: resolve(file, document), section };
        });
      });
    expect(cited.length).toBeGreaterThan(20);
    expect(cited.filter((one) => !isThere(one))).toEqual([]);
  });

  it('makes the anchors of headings as GitHub does', () => {
    const headings = [
      '# A – b & "c"',
      '## `code_name`: é',
      '```',
      '# no',
      '```',
      '### Tasks',
      '# Tasks',
    ];
    const expected = ['a--b--c', 'code_name-é', 'tasks', 'tasks-1'];
    expect(anchorsOf(headings.join('\n'))).toEqual(expected);
  });

  it('links in its documents only to files and sections that exist', () => {
    const links = documents.flatMap((file) =>
      linksOf(readFileSync(file, 'utf8')).map(({ target, section }) => {
        const document = target === '' ? file : posix.join(posix.dirname(file), target);
        return { file, document, section };
      }),
    );
    expect(links.length).toBeGreaterThan(50);
    expect(links.filter((one) => !isThere(one))).toEqual([]);
  });

  it('names in its documents only paths that exist', () => {
    const named = documents.flatMap((file) =>
      pathsOf(readFileSync(file, 'utf8')).map((path) => ({ file, path })),
    );
    expect(named.length).toBeGreaterThan(80);
    expect(named.filter(({ path }) => !existsSync(path))).toEqual([]);
  });
});

interface Citation {
  document: string;
  section: string | undefined;
}

function isThere({ document, section }: Citation): boolean {
  if (!existsSync(document)) return false;
  return section === undefined || anchorsOf(readFileSync(document, 'utf8')).includes(section);
}
