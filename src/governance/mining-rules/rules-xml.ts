import { SaxesParser } from 'saxes';
import { LineCounter } from 'yaml';
import { findNearestWord } from '../wording/nearest-word.ts';
import { maxFileBytes } from './file-limits.ts';
import { maxMiningRules, type RawMiningRules } from './schema.ts';
import {
  attributeNames,
  attributeOf,
  InvalidValue,
  maxWordLength,
  properties,
} from './xml-attributes.ts';

const maxDepth = 64;
const maxProblems = 200;
/** Maximum names of skipped elements in the warnings. */
const maxSkipped = 20;

/** A message about the element or attribute at an offset of the text. */
interface Finding {
  at: number;
  message: string;
}

/** Attributes by name, with their offsets in the text. */
type Attributes = Map<string, { at: number; value: string }>;

/** An element whose end tag has not been read yet. */
interface OpenElement {
  name: string;
  at: number;
  /** Whether it is a mining rule or contains one. */
  hasRule: boolean;
  /** Number of elements that had been skipped before it. */
  skipped: number;
}

/**
 * Reads the XML form of mining rules: elements `<MiningRule …/>`, side by side or inside others.
 */
export function readXml(source: string): RawMiningRules {
  const text = source.replace(/^\uFEFF/, '');
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1))
    lines.addNewLine(at + 1);
  const place = (at: number) => {
    const { line, col } = lines.linePos(at);
    return `${line}:${col}`;
  };
  const reader = new MiningRuleReader(text);
  try {
    reader.run();
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    reader.problems.push({ at: error.at, message: error.message });
  }
  const { rules, positions, problems, skipped } = reader;
  if (problems.length === 0 && rules.length === 0) {
    problems.push({ at: 0, message: 'there is no MiningRule in this file' });
  }
  const toLine = ({ at, message }: Finding) => `${place(at)}: ${message}`;
  return {
    value: { miningRules: rules },
    problems: problems.map(toLine),
    warnings: summarizeSkipped(skipped).map(toLine),
    placeOf: ([, rule, property]) => {
      const position = positions[Number(rule)];
      const name = attributeOf.get(String(property)) ?? '';
      return place(position?.attributes.get(name)?.at ?? position?.at ?? 0);
    },
    nameOf: (property) => attributeOf.get(property) ?? property,
  };
}

/** Reading has to stop at this offset. */
class UnreadableFile extends Error {
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

class MiningRuleReader {
  readonly rules: Record<string, unknown>[] = [];
  readonly positions: { at: number; attributes: Attributes }[] = [];
  readonly problems: Finding[] = [];
  /** Elements that contain no mining rule, with their names as messages. */
  readonly skipped: Finding[] = [];
  private readonly text: string;
  private readonly parser = new SaxesParser({ fragment: true });
  private readonly openElements: OpenElement[] = [];
  /** Attributes of the last start tag. */
  private attributes: Attributes = new Map();
  /** Offset of the end of the last attribute, or of the element's name. */
  private attributeEnd = 0;

  constructor(text: string) {
    this.text = text;
  }

  run(): void {
    const { parser, text } = this;
    if (text.length > maxFileBytes)
      throw new UnreadableFile(0, 'the file is larger than 5 MB; split it');
    parser.on('error', ({ message }) => this.failWith(message));
    parser.on('opentagstart', ({ name }) => this.openElement(name));
    parser.on('attribute', ({ name, value }) => {
      this.attributes.set(name, {
        at: this.attributeEnd + text.slice(this.attributeEnd).search(/\S/),
        value,
      });
      this.attributeEnd = parser.position;
    });
    parser.on('opentag', () => {
      if (this.openElements.at(-1)?.hasRule) this.readRule();
    });
    parser.on('closetag', () => this.closeElement());
    // Saxes accepts a declaration only in whole documents, and files of rules may have no root
    // element.
    parser.write(text.replace(/^<\?xml\s[^>]*\?>/, readDeclaration)).close();
  }

  /** Turns an error of saxes into a sentence. Saxes gives only a text, no error code. */
  private failWith(message: string): never {
    const { parser, text } = this;
    if (text.includes('\0'))
      throw new UnreadableFile(0, 'this is not UTF-8 text: save it as UTF-8');
    const doctype = '<!DOCTYPE';
    if (text.slice(0, parser.position).endsWith(doctype)) {
      const reason = 'a DOCTYPE with its own entities is not supported: remove it';
      throw new UnreadableFile(parser.position - doctype.length, reason);
    }
    const reason = message.replace(/^\d+:\d+: /, '').replace(/\.$/, '');
    const unclosed = reason.startsWith('unclosed tag') ? this.openElements.at(-1) : undefined;
    throw new UnreadableFile(
      unclosed?.at ?? Math.max(0, parser.position - 1),
      `this is not well-formed XML: ${reason}`,
    );
  }

  private openElement(fullName: string): void {
    const at = this.text.lastIndexOf('<', this.parser.position - 1);
    if (this.openElements.length >= maxDepth)
      throw new UnreadableFile(at, 'this is nested too deeply');
    const name = fullName.slice(fullName.indexOf(':') + 1);
    const element = { name, at, hasRule: name === 'MiningRule', skipped: this.skipped.length };
    this.openElements.push(element);
    this.attributes = new Map();
    this.attributeEnd = at + 1 + fullName.length;
  }

  private readRule(): void {
    const at = this.openElements.at(-1)?.at ?? 0;
    if (this.rules.length === maxMiningRules) {
      throw new UnreadableFile(at, `a file has at most ${maxMiningRules} mining rules`);
    }
    const rule: Record<string, unknown> = {};
    this.rules.push(rule);
    this.positions.push({ at, attributes: this.attributes });
    const reportProblem = (name: string, offset: number, message: string) => {
      if (this.problems.length === maxProblems) {
        throw new UnreadableFile(offset, 'too many problems; the rest was not checked');
      }
      const text = `rule ${this.rules.length} ${name.slice(0, maxWordLength)} ${message}`;
      this.problems.push({ at: offset, message: text });
    };
    for (const [name, { at: attributeAt, value }] of this.attributes) {
      const attribute = properties.get(name);
      if (!attribute) {
        if (!isNamespaced(name)) reportProblem(name, attributeAt, explainUnknownAttribute(name));
        continue;
      }
      const read = attribute.read(value.trim());
      if (!(read instanceof InvalidValue)) rule[attribute.property] = read;
      else reportProblem(name, attributeAt, read.message);
    }
    for (const name of ['EntityType', 'Policy']) {
      if (!this.attributes.has(name)) reportProblem(name, at, 'is missing');
    }
  }

  private closeElement(): void {
    const element = this.openElements.pop();
    if (!element) return;
    const parent = this.openElements.at(-1);
    if (element.hasRule && parent) parent.hasRule = true;
    if (element.hasRule) return;
    // The warning about this element covers the skipped ones inside it.
    this.skipped.length = element.skipped;
    this.skipped.push({ at: element.at, message: element.name });
  }
}

/** Whether an attribute declares a namespace or belongs to one. */
const isNamespaced = (name: string) => name === 'xmlns' || name.includes(':');

function readDeclaration(declaration: string): string {
  const encoding = /\bencoding\s*=\s*["']([^"']*)["']/.exec(declaration)?.[1] ?? 'UTF-8';
  if (/^(utf-?8|us-ascii)$/i.test(encoding)) return declaration.replace(/[^\n]/g, ' ');
  const name = encoding.slice(0, 40);
  throw new UnreadableFile(
    0,
    `the encoding ${name} is not supported: save it as UTF-8, with encoding="UTF-8"`,
  );
}

function explainUnknownAttribute(name: string): string {
  const nearest = name.length > maxWordLength ? undefined : findNearestWord(name, attributeNames);
  const suggestion = nearest ? ` (did you mean ${nearest}?)` : '';
  return `is unknown${suggestion}; there are: ${attributeNames.join(', ')}`;
}

/** One message for all elements of a name, for the first `maxSkipped` names. */
function summarizeSkipped(skipped: readonly Finding[]): Finding[] {
  const byName = new Map<string, Finding & { count: number }>();
  for (const { at, message: name } of skipped) {
    const finding = byName.get(name);
    if (finding) finding.count++;
    else byName.set(name, { at, count: 1, message: name.slice(0, maxWordLength) });
  }
  return [...byName.values()].slice(0, maxSkipped).map(({ at, count, message }) => {
    const times = count === 1 ? '' : ` ${count.toLocaleString('en')} times`;
    return { at, message: `<${message}> was skipped${times}: only <MiningRule> is read` };
  });
}
