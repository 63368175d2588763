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

/**
 * @param there the names that the file itself adds: applications by configKey → name, policies by policyKey,
 * undefined when the file has no policies section
 */
export function loadConfigNames(
  state: ConfigState,
  now: ConfigNow,
  there: { applications: ReadonlyMap<string, string>; policies: ReadonlySet<string> | undefined },
  form: { problemAt: ProblemAt; isWhole: boolean },
): ConfigNames {
  const problems: ConfigProblem[] = [];
  const warnings: ConfigProblem[] = [];
  const refuse: ConfigNames['refuse'] = (path, message, about) =>
    void problems.push(form.problemAt(path, message, about));
  const unknown = (
    path: Path,
    what: string,
    name: string,
    candidates: () => string[],
    about?: 'key',
  ) => {
    const names = problems.length < maxHints ? candidates() : [];
    const nearest = names[findNearest(name, names)];
    refuse(path, `${what}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`, about);
    return name;
  };
  // A person's id in a source may equal the e-mail address of another person. The address wins.
  const people = new Map(
    [
      ...state.people.map((person) => [person.externalId, person] as const),
      ...state.people.map((person) => [person.email && foldName(person.email), person] as const),
    ].flatMap(([word, person]) => (word ? [[word, person] as const] : [])),
  );
  const isPolicy = (key: string) => {
    const stored = now.policies.get(key);
    return there.policies?.has(key) || (stored && (stored.builtIn || !there.policies));
  };
  const here = new Set(state.people.filter((one) => one.isHere).map(({ id }) => id));
  const handle = (text: string) => text.replace(/^@/, '');
  return {
    problems,
    warnings,
    isWhole: form.isWhole,
    refuse,
    warn: (path, message) => void warnings.push(form.problemAt(path, message)),
    person(word, path, before, about) {
      const found = people.get(foldName(word)) ?? people.get(word);
      if (!found) {
        const all = () => state.people.map(personWord);
        return unknown(path, 'nobody has this e-mail address', word, all, about);
      }
      const name = personWord(found);
      if (!found.isHere && !before.includes(name))
        refuse(path, `${found.name} is not active`, about);
      return name;
    },
    application(name, path) {
      const key = configKey(name);
      const found = now.applications.get(key)?.name ?? there.applications.get(key);
      if (found !== undefined) return found;
      const all = () => [...now.applications.values()].map((app) => app.name);
      return unknown(path, 'there is no application of this name', name, all);
    },
    policy(kind, name, path) {
      if (isPolicy(policyKey(kind, name))) return name;
      const keys = [...now.policies.keys(), ...(there.policies ?? [])].filter(isPolicy);
      const all = () => keys.filter((key) => key.startsWith(kind)).map((key) => nameIn(key));
      return unknown(path, `there is no policy of this name for ${kind}s`, name, all);
    },
    group(text, path, before) {
      const found = state.groups.find(
        (one) => handle(one.handle) === handle(text) || one.id === text,
      );
      if (found) {
        const canAct = found.memberIds.some((id) => here.has(id));
        if (!canAct && !before.includes(found.handle))
          refuse(path, `@${handle(found.handle)} has no active members`);
        return found.handle;
      }
      const all = () => state.groups.map((one) => one.handle);
      return unknown(path, 'there is no Slack user group with this handle', text, all);
    },
  };
}
