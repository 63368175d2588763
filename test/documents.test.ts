import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { variableNames } from '../src/config.ts';
import { csvColumns } from '../src/connectors/csv-columns.ts';
import { configShape } from '../src/governance/config-file/schema.ts';
import { labelsOf, sectionOf } from './support/documents.ts';

const read = (file: string) => readFileSync(file, 'utf8');

/** The keys of all maps in a schema, and the values of its enumerations. */
function namesIn(schema: z.core.JSONSchema.JSONSchema | boolean): string[] {
  if (typeof schema === 'boolean') return [];
  const { properties = {}, additionalProperties = false, items = [], anyOf = [] } = schema;
  const inside = [
    ...Object.values(properties),
    ...[items].flat(),
    ...anyOf,
    additionalProperties,
  ].flatMap(namesIn);
  return [...Object.keys(properties), ...(schema.enum ?? []).map(String), ...inside];
}

/** The names that a text does not have as code. */
function missingIn(text: string, names: readonly string[]): string[] {
  const code = [...text.matchAll(/`([^`]+)`/g)].flatMap(([, span]) => span?.match(/\w+/g) ?? []);
  return [...new Set(names)].filter((name) => !code.includes(name));
}

describe('the documents', () => {
  it('name every key and choice of the configuration file in its section', () => {
    const document = read('docs/configuration-file.md');
    const { properties = {} } = z.toJSONSchema(configShape, { io: 'input' });
    const sections = Object.entries(properties);
    expect(sections.length).toBeGreaterThan(5);
    const missing = sections.flatMap(([key, schema]) =>
      missingIn(sectionOf(document, key), namesIn(schema)).map((name) => `${key}: ${name}`),
    );
    expect(missing).toEqual([]);
  });

  it('name every column of each CSV file, with the heading it is looked for', () => {
    const document = read('docs/csv-files.md');
    const readme = sectionOf(read('README.md'), 'Bring your own data');
    for (const [kind, names] of Object.entries(csvColumns)) {
      expect(missingIn(sectionOf(document, `${kind}.csv`), names), kind).toEqual([]);
      const row = readme.split('\n').find((line) => line.startsWith(`| \`${kind}.csv\``)) ?? '';
      const words = new Set(row.match(/\w+/g));
      expect(names.filter((name) => !words.has(name))).toEqual([]);
    }
  });

  it('list every environment variable in the table of settings', () => {
    const rows = sectionOf(read('docs/operations.md'), 'Settings').matchAll(/^\| `([A-Z_]+)` \|/gm);
    expect([...rows].map(([, name]) => name).sort()).toEqual([...variableNames].sort());
  });

  it('give a reason for every package', () => {
    const { dependencies, devDependencies } = z
      .object({
        dependencies: z.record(z.string(), z.string()),
        devDependencies: z.record(z.string(), z.string()),
      })
      .parse(JSON.parse(read('package.json')));
    const rows = read('docs/dependencies.md').matchAll(/^\| (?!package|-)(.+?) \| .{10,} \|$/gm);
    const explained = [...rows].flatMap(([, names = '']) => names.split(', '));
    const used = Object.keys({ ...dependencies, ...devDependencies });
    expect(explained.sort()).toEqual(
      [...new Set(used.map((name) => name.replace(/^@types\/.*/, '@types/*')))].sort(),
    );
  });

  it('quote in their guides only labels that the code has', () => {
    const code = ['src/slack', 'src/governance', 'src/web']
      .flatMap((folder) =>
        readdirSync(folder, { recursive: true, encoding: 'utf8' })
          .filter((file) => file.endsWith('.ts'))
          .map((file) => read(posix.join(folder, file))),
      )
      .join('\n');
    const guides = ['docs/guide-reviewers.md', 'docs/guide-administrators.md', 'docs/email.md'];
    const labels = guides.flatMap((file) => labelsOf(read(file)));
    expect(labels.length).toBeGreaterThan(60);
    expect([...new Set(labels)].filter((label) => !isText(label, code))).toEqual([]);
  });

  it('begin with a README of less than 1,200 words', () => {
    expect(read('README.md').split(/\s+/).length).toBeLessThan(1200);
  });
});

/** Whether a label is a text in the code, alone or with its place in bold. */
function isText(label: string, code: string): boolean {
  return ["'", '"', '`', '*'].some((mark) => code.includes(`${mark}${label}${mark}`));
}
