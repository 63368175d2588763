import { readdirSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { databases } from '../../support/database.ts';
import { useCompany } from '../../support/use-database.ts';
import { peopleWalks } from './path-people.ts';
import { expectNoOwnDecision, makeScene, type Scene } from './path-scene.ts';
import { sourceWalks } from './path-sources.ts';
import { taskWalks } from './path-tasks.ts';

/** The rows of docs/governance.md#self-approval-paths. */
const page = readFileSync('docs/governance.md', 'utf8');
const section = page.slice(page.indexOf('### Self-approval paths'), page.indexOf('## Policies'));
const rows = [...section.matchAll(/^\| ([^|]+) \| ([^|]+) \| `(\w+)` \|$/gm)].map(
  ([, path = '', stop = '', guard = '']) => ({ path, stop, guard }),
);
const walks = { ...taskWalks, ...peopleWalks, ...sourceWalks };

const readFolder = (folder: string) =>
  readdirSync(`src/governance/${folder}`).map((file) =>
    readFileSync(`src/governance/${folder}/${file}`, 'utf8'),
  );

describe('the ways to one’s own access', () => {
  it('each row of the document has a walk, and each walk a row', () => {
    expect(rows.length).toBeGreaterThan(25);
    expect(Object.keys(walks).sort()).toEqual(rows.map(({ path }) => path).sort());
  });

  it.each(rows)('$path names a guard of the code: $guard', ({ guard }) => {
    const files = ['tasks', 'policies', 'people', 'profiles', 'requests'];
    const sources = [
      readFileSync('src/governance/context.ts', 'utf8'),
      readFileSync('src/store/tasks/stale-assignees.ts', 'utf8'),
      ...files.flatMap(readFolder),
    ];
    expect(sources.some((source) => source.includes(`function ${guard}(`))).toBe(true);
  });
});

describe.each(databases())('the ways to one’s own access on $name', ({ open }) => {
  const { db, company } = useCompany(open);
  let scene: Scene;

  beforeEach(async () => {
    scene = await makeScene(db, company);
  });

  it.each(rows)('$path: $stop', async ({ path }) => {
    await walks[path]?.(scene);
    await expectNoOwnDecision(scene);
  });
});
