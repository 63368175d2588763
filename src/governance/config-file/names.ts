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

/** Looks up who and what a file names, and keeps what it did not find. */
export interface ConfigNames {
  problems: ConfigProblem[];
  /** What is kept as it is written, and likely meant otherwise. */
  warnings: ConfigProblem[];
  /** Nothing is wrong with the form of the file: what depends on all of it can be looked at. */
  isWhole: boolean;
  /** Notes that something is wrong at a place. */
  refuse(path: Path, message: string, about?: 'key'): void;
  warn(path: Path, message: string): void;
  /** What the person is called here; somebody who has left may only stay where they were. */
  person(word: string, path: Path, before: readonly string[], about?: 'key'): string;
  /** The name of an application of the store or the file, as it is spelled there. */
  application(name: string, path: Path): string;
  policy(kind: ConfigKind, name: string, path: Path): string;
  /** The handle of a Slack user group; one of which nobody can act may only stay where it was. */
  group(handle: string, path: Path, before: readonly string[]): string;
}

/** Looking for the nearest spelling among many takes long, so only the first problems have one. */
const maxHints = 20;

/**
 * @param there what the file itself brings: applications by configKey → name, policies by policyKey,
 * undefined when it has no section of policies.
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
  // A source may give somebody as a number what is the e-mail address of somebody else: the address counts.
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
        return unknown(path, 'nobody here has this e-mail address', word, all, about);
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
          refuse(path, `@${handle(found.handle)} has no members here`);
        return found.handle;
      }
      const all = () => state.groups.map((one) => one.handle);
      return unknown(path, 'no Slack user group of this handle is known here', text, all);
    },
  };
}
