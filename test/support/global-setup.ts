import { fork } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { openStore } from '../../src/store/open-store.ts';
import { databaseAt, runOnServer } from './server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A file with an empty, migrated embedded database; see database.ts. */
    emptyDatabase: string;
    /** An empty, migrated database on the server, to copy. */
    template: string;
  }
}

/** Migrates once for all suites, and prints whether they also run on PostgreSQL. @returns the cleanup. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const url = process.env.TEST_DATABASE_URL;
  const template = `rolemine_template_${randomUUID().replaceAll('-', '')}`;
  const [file] = await Promise.all([makeDump(), makeTemplate(url, template)]);
  project.provide('emptyDatabase', file);
  project.provide('template', template);
  return async () => {
    if (url) await runOnServer(url, `drop database ${template} with (force)`);
  };
}

/** Creating the file takes seconds, so it is reused until a migration or a package changes. */
async function makeDump(): Promise<string> {
  const hash = createHash('sha256');
  const migrations = readdirSync('drizzle').filter((name) => name.endsWith('.sql'));
  for (const part of migrations.sort()) hash.update(readFileSync(`drizzle/${part}`));
  hash.update(readFileSync('package-lock.json'));
  const file = `node_modules/.cache/rolemine/empty-${hash.digest('hex').slice(0, 16)}.tar`;
  if (existsSync(file)) return file;
  mkdirSync('node_modules/.cache/rolemine', { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  const script = new URL('make-dump.ts', import.meta.url);
  const child = fork(script, [unfinished], { execArgv: ['--import', 'tsx'] });
  const [code] = await once(child, 'close');
  if (code !== 0)
    throw new Error(`The embedded database could not be created (exit code ${code}).`);
  renameSync(unfinished, file);
  return file;
}

async function makeTemplate(url: string | undefined, name: string): Promise<void> {
  if (!url) {
    console.log(
      'PostgreSQL: skipped, since TEST_DATABASE_URL is not set. All suites run on PGlite only, without the tests that need two connections.',
    );
    return;
  }
  const client = postgres(url, { max: 1, connect_timeout: 10 });
  const [row] = await client`select version()`.catch((error: Error) => {
    throw new Error(`TEST_DATABASE_URL is set, but its server does not answer: ${error.message}`);
  });
  await client.end();
  console.log(
    `${row?.version}\nSuites about statements, locks and races run on it and on PGlite, the others on PGlite only.`,
  );
  await runOnServer(url, `create database ${name}`);
  const store = await openStore({ databaseUrl: databaseAt(url, name), dataDir: '' });
  await store.close();
}
