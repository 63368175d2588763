import { findNearest } from '../../mining/matrix/fold-text.ts';
import type { ConfigState } from '../../store/config.ts';
import { foldName } from '../wording/fold-name.ts';
import {
  type ConfigKind,
  type ConfigNow,
  configKey,
  nameIn,
  personWord,
  policyKey,
} from './current-state.ts';
import type { Path } from './path.ts';
import type { ConfigProblem, ProblemAt } from './read.ts';

/** Looks up the names in a file, and collects a problem for each unknown one. */
export interface ConfigNames {
  problems: ConfigProblem[];
  /** Values that are applied as written but are likely mistakes. */
  warnings: ConfigProblem[];
  /** The form of the file has no problem, so checks that need the whole file can run. */
  isWhole: boolean;
  /** Adds a problem at a place of the file. */
  refuse(path: Path, message: string, about?: 'key'): void;
  warn(path: Path, message: string): void;
  /** The stored name of a person. People who have left are allowed only in places where they were before. */
  person(word: string, path: Path, before: readonly string[], about?: 'key'): string;
  /** The name of an application of the store or the file, in its stored spelling. */
  application(name: string, path: Path): string;
  policy(kind: ConfigKind, name: string, path: Path): string;
  /** The handle of a Slack user group. A group without active members is allowed only where it was before. */
  group(handle: string, path: Path, before: readonly string[]): string;
}

/** Finding the nearest spelling among many names is slow, so only the first problems get a hint. */
const maxHints = 20;

interface NameSources {
  state: ConfigState;
  now: ConfigNow;
  /**
   * The names that the file itself adds: applications by configKey → name, policies by policyKey. `policies` is
   * undefined if the file has no policies section.
   */
  added: { applications: ReadonlyMap<string, string>; policies: ReadonlySet<string> | undefined };
  form: { problemAt: ProblemAt; isWhole: boolean };
}

/** Indexes the names that a file may use: those of the store, and those that the file adds. */
export function loadConfigNames(
  state: ConfigState,
  now: ConfigNow,
  added: NameSources['added'],
  form: NameSources['form'],
): ConfigNames {
  return new NameIndex({ state, now, added, form });
}

class NameIndex implements ConfigNames {
  readonly problems: ConfigProblem[] = [];
  readonly warnings: ConfigProblem[] = [];
  readonly isWhole: boolean;
  readonly #sources: NameSources;
  readonly #people: Map<string, ConfigState['people'][number]>;
  readonly #activeIds: Set<number>;

  constructor(sources: NameSources) {
    const { people } = sources.state;
    this.#sources = sources;
    this.isWhole = sources.form.isWhole;
    // A person's id in a source may equal the e-mail address of another person. The address wins.
    const words = [
      ...people.map((person) => [person.externalId, person] as const),
      ...people.map((person) => [person.email && foldName(person.email), person] as const),
    ];
    this.#people = new Map(
      words.flatMap(([word, person]) => (word ? [[word, person] as const] : [])),
    );
    this.#activeIds = new Set(people.filter(({ isHere }) => isHere).map(({ id }) => id));
  }

  refuse(path: Path, message: string, about?: 'key'): void {
    this.problems.push(this.#sources.form.problemAt(path, message, about));
  }

  warn(path: Path, message: string): void {
    this.warnings.push(this.#sources.form.problemAt(path, message));
  }

  person(word: string, path: Path, before: readonly string[], about?: 'key'): string {
    const found = this.#people.get(foldName(word)) ?? this.#people.get(word);
    if (!found) {
      const listKnown = () => this.#sources.state.people.map(personWord);
      return this.#refuseUnknown('nobody has this e-mail address', word, {
        path,
        about,
        listKnown,
      });
    }
    const name = personWord(found);
    if (!found.isHere && !before.includes(name)) {
      this.refuse(path, `${found.name} is not active`, about);
    }
    return name;
  }

  application(name: string, path: Path): string {
    const { now, added } = this.#sources;
    const key = configKey(name);
    const found = now.applications.get(key)?.name ?? added.applications.get(key);
    if (found !== undefined) return found;
    const listKnown = () => [...now.applications.values()].map((app) => app.name);
    return this.#refuseUnknown('there is no application of this name', name, { path, listKnown });
  }

  policy(kind: ConfigKind, name: string, path: Path): string {
    if (this.#isPolicy(policyKey(kind, name))) return name;
    const { now, added } = this.#sources;
    const listKnown = () =>
      [...now.policies.keys(), ...(added.policies ?? [])]
        .filter((key) => key.startsWith(kind) && this.#isPolicy(key))
        .map(nameIn);
    const message = `there is no policy of this name for ${kind}s`;
    return this.#refuseUnknown(message, name, { path, listKnown });
  }

  group(handle: string, path: Path, before: readonly string[]): string {
    const { groups } = this.#sources.state;
    const found = groups.find(
      (group) => toHandle(group.handle) === toHandle(handle) || group.id === handle,
    );
    if (!found) {
      const listKnown = () => groups.map((group) => group.handle);
      const message = 'there is no Slack user group with this handle';
      return this.#refuseUnknown(message, handle, { path, listKnown });
    }
    const canAct = found.memberIds.some((id) => this.#activeIds.has(id));
    if (!canAct && !before.includes(found.handle)) {
      this.refuse(path, `@${toHandle(found.handle)} has no active members`);
    }
    return found.handle;
  }

  /** A policy of the store counts if the file has no policies section, or if it is built in. */
  #isPolicy(key: string): boolean {
    const { now, added } = this.#sources;
    const stored = now.policies.get(key);
    if (added.policies?.has(key)) return true;
    return stored !== undefined && (stored.builtIn || !added.policies);
  }

  /** @returns the unknown name, so that the checks after it can go on. */
  #refuseUnknown(
    message: string,
    name: string,
    at: { path: Path; about?: 'key' | undefined; listKnown: () => string[] },
  ): string {
    const known = this.problems.length < maxHints ? at.listKnown() : [];
    const nearest = known[findNearest(name, known)];
    const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
    this.refuse(at.path, `${message}${hint}`, at.about);
    return name;
  }
}

/** A handle with or without its "@". */
function toHandle(text: string): string {
  return text.replace(/^@/, '');
}
