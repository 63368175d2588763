import { SaxesParser } from 'saxes';
import { LineCounter } from 'yaml';
import { findNearestWord } from '../wording/nearest-word.ts';
import { maxFileBytes } from './file-limits.ts';
import { maxMiningRules, type RawMiningRules } from './schema.ts';
import {
  attributeNames,
  attributeOf,
  maxWordLength,
  properties,
  Unreadable,
} from './xml-attributes.ts';

const maxDepth = 64;
const maxProblems = 200;
/** Names of skipped elements that are told. */
const maxSkipped = 20;

/** Something to tell of what begins there. */
interface Found {
  at: number;
  message: string;
}

/** Where each begins, and what it says. */
type Attributes = Map<string, { at: number; value: string }>;

/** An element that is open. */
interface Frame {
  name: string;
  at: number;
  /** It is a mining rule, or there is one in it. */
  hasRule: boolean;
  /** How many elements had been skipped before it. */
  skipped: number;
}

/** Reads the XML form of mining rules: elements `<MiningRule …/>`, side by side or inside others. */
export function readXml(given: string): RawMiningRules {
  const text = given.replace(/^\uFEFF/, '');
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1))
    lines.addNewLine(at + 1);
  const place = (at: number) => {
    const { line, col } = lines.linePos(at);
    return `${line}:${col}`;
  };
  const reading = new Reading(text);
  try {
    reading.run();
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    reading.problems.push({ at: error.at, message: error.message });
  }
  const { rules, places, problems, skipped } = reading;
  if (problems.length === 0 && rules.length === 0) {
    problems.push({ at: 0, message: 'there is no MiningRule in this file' });
  }
  const say = ({ at, message }: Found) => `${place(at)}: ${message}`;
  return {
    value: { miningRules: rules },
    problems: problems.map(say),
    warnings: sumUp(skipped).map(say),
    placeOf: ([, rule, property]) => {
      const found = places[Number(rule)];
      const name = attributeOf.get(String(property)) ?? '';
      return place(found?.attributes.get(name)?.at ?? found?.at ?? 0);
    },
    nameOf: (property) => attributeOf.get(property) ?? property,
  };
}

/** The file cannot be read on from here. */
class Broken extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

class Reading {
  readonly rules: Record<string, unknown>[] = [];
  readonly places: { at: number; attributes: Attributes }[] = [];
  readonly problems: Found[] = [];
  /** Elements without a rule in them, by their names. */
  readonly skipped: Found[] = [];
  private readonly text: string;
  private readonly parser = new SaxesParser({ fragment: true });
  private readonly open: Frame[] = [];
  /** Those of the last element. */
  private attributes: Attributes = new Map();
  /** Where its name, or the last of these, ended. */
  private end = 0;

  constructor(text: string) {
    this.text = text;
  }

  run(): void {
    const { parser, text } = this;
    if (text.length > maxFileBytes) throw new Broken(0, 'the file is larger than 5 MB; split it');
    parser.on('error', ({ message }) => this.fail(message));
    parser.on('opentagstart', ({ name }) => this.begin(name));
    parser.on('attribute', ({ name, value }) => {
      this.attributes.set(name, { at: this.end + text.slice(this.end).search(/\S/), value });
      this.end = parser.position;
    });
    parser.on('opentag', () => {
      if (this.open.at(-1)?.hasRule) this.readRule();
    });
    parser.on('closetag', () => this.close());
    // A declaration has its place in whole documents only, and files of rules may be without a root.
    parser.write(text.replace(/^<\?xml\s[^>]*\?>/, readDeclaration)).close();
  }

  /** Reports an error of saxes, which gives a text alone and no code. */
  private fail(message: string): never {
    const { parser, text } = this;
    if (text.includes('\0')) throw new Broken(0, 'this is not UTF-8 text: save it as UTF-8');
    const doctype = '<!DOCTYPE';
    if (text.slice(0, parser.position).endsWith(doctype)) {
      const words = 'a DOCTYPE, and with it entities of its own, is not read: take it out';
      throw new Broken(parser.position - doctype.length, words);
    }
    const words = message.replace(/^\d+:\d+: /, '').replace(/\.$/, '');
    const last = words.startsWith('unclosed tag') ? this.open.at(-1) : undefined;
    throw new Broken(
      last?.at ?? Math.max(0, parser.position - 1),
      `this is not well-formed XML: ${words}`,
    );
  }

  private begin(fullName: string): void {
    const at = this.text.lastIndexOf('<', this.parser.position - 1);
    if (this.open.length >= maxDepth) throw new Broken(at, 'this is nested too deeply');
    const name = fullName.slice(fullName.indexOf(':') + 1);
    const frame = { name, at, hasRule: name === 'MiningRule', skipped: this.skipped.length };
    this.open.push(frame);
    this.attributes = new Map();
    this.end = at + 1 + fullName.length;
  }

  private readRule(): void {
    const at = this.open.at(-1)?.at ?? 0;
    if (this.rules.length === maxMiningRules) {
      throw new Broken(at, `a file has at most ${maxMiningRules} mining rules`);
    }
    const rule: Record<string, unknown> = {};
    this.rules.push(rule);
    this.places.push({ at, attributes: this.attributes });
    const refuse = (name: string, where: number, message: string) => {
      if (this.problems.length === maxProblems) {
        throw new Broken(where, 'too much is wrong; the rest was not looked at');
      }
      const said = `rule ${this.rules.length} ${name.slice(0, maxWordLength)} ${message}`;
      this.problems.push({ at: where, message: said });
    };
    for (const [name, { at: where, value }] of this.attributes) {
      const known = properties.get(name);
      const read = known ? known.read(value.trim()) : new Unreadable(sayUnknown(name));
      if (!(read instanceof Unreadable)) rule[known?.property ?? ''] = read;
      else if (!isForeign(name)) refuse(name, where, read.message);
    }
    for (const name of ['EntityType', 'Policy']) {
      if (!this.attributes.has(name)) refuse(name, at, 'is missing');
    }
  }

  private close(): void {
    const frame = this.open.pop();
    if (!frame) return;
    const above = this.open.at(-1);
    if (frame.hasRule && above) above.hasRule = true;
    if (frame.hasRule) return;
    // What is in it goes with it.
    this.skipped.length = frame.skipped;
    this.skipped.push({ at: frame.at, message: frame.name });
  }
}

/** Namespaces, and what belongs to one. */
const isForeign = (name: string) => name === 'xmlns' || name.includes(':');

function readDeclaration(declaration: string): string {
  const encoding = /\bencoding\s*=\s*["']([^"']*)["']/.exec(declaration)?.[1] ?? 'UTF-8';
  if (/^(utf-?8|us-ascii)$/i.test(encoding)) return declaration.replace(/[^\n]/g, ' ');
  const said = encoding.slice(0, 40);
  throw new Broken(0, `this says that it is ${said}: save it as UTF-8, with encoding="UTF-8"`);
}

function sayUnknown(name: string): string {
  const nearest = name.length > maxWordLength ? undefined : findNearestWord(name, attributeNames);
  return `is not known${nearest ? `, did you mean ${nearest}?` : ''}; there are: ${attributeNames.join(', ')}`;
}

/** One for all elements of a name, and of many names for the first. */
function sumUp(skipped: readonly Found[]): Found[] {
  const byName = new Map<string, Found & { count: number }>();
  for (const { at, message: name } of skipped) {
    const before = byName.get(name);
    if (before) before.count++;
    else byName.set(name, { at, count: 1, message: name.slice(0, maxWordLength) });
  }
  return [...byName.values()].slice(0, maxSkipped).map(({ at, count, message }) => {
    const more = count === 1 ? '' : `, ${count.toLocaleString('en')} times`;
    return { at, message: `<${message}> is skipped${more}: only <MiningRule> is read` };
  });
}
