import { wilsonLowerBound } from '../src/mining/matrix/matrix.ts';
import { createRandom } from '../src/mining/matrix/random.ts';
import { isThere, numbering, readRows } from './data.ts';
import { absent, mean, type Section, table } from './page.ts';

const path = 'amazon-employee-access';
const dimensions = `MGR_ID ROLE_ROLLUP_1 ROLE_ROLLUP_2 ROLE_DEPTNAME ROLE_TITLE ROLE_FAMILY_DESC
ROLE_FAMILY ROLE_CODE`.split(/\s+/);
const maxDepth = 3;
const heldOutShare = 0.2;
const shown = 5;

interface Person {
  values: string[];
  held: Set<number>;
}

/** What one cohort of a person says about an entitlement: `k` of `n` hold it. */
interface Evidence {
  k: number;
  n: number;
}

/** How high an entitlement is ranked for a person; `holders` of all `people` known hold it. */
type Ranking = (evidence: readonly Evidence[], holders: number, people: number) => number;

const rankings: Record<string, Ranking> = {
  'ours: sum of squares of the lower bounds, all cohorts': (evidence) =>
    evidence.reduce((sum, { k, n }) => sum + wilsonLowerBound(k, n) ** 2, 0),
  'ours: greatest lower bound': (evidence) =>
    Math.max(...evidence.map(({ k, n }) => wilsonLowerBound(k, n))),
  'raw confidence (greatest)': (evidence) => Math.max(...evidence.map(({ k, n }) => k / n)),
  'global popularity': (_, holders) => holders,
};

export const amazon: Section = {
  name: 'amazon',
  title: 'Real access decisions held out',
  measure: async ({ quick, seed }) => {
    if (!isThere(`${path}/users`)) return absent(`${path} is not there`);
    const people = readPeople();
    const splits = Array.from({ length: quick ? 1 : 5 }, (_, at) => holdOut(people, seed + at));
    const rows = Object.keys(rankings).map((name) => {
      const own = splits.map((split) => split.get(name)!);
      const figure = (of: keyof Figures) => mean(own.map((figures) => figures[of]));
      return { name, recall: figure('recall'), precision: figure('precision'), mrr: figure('mrr') };
    });
    const [sum, best] = rows;
    return {
      lines: [
        `Every fifth person is held out (${splits.length} random splits, means) and known by attributes alone. Ranked for`,
        'each is what others in the same cohorts of one to three attributes hold, and compared with what the',
        'person was given; ties go to the more popular entitlement. MRR is the mean reciprocal rank of the first right one.',
        '',
        ...table(
          ['ranking', `recall@${shown}`, `precision@${shown}`, 'MRR'],
          rows.map(({ name, recall, precision, mrr }) => [
            name,
            recall.toFixed(3),
            precision.toFixed(3),
            mrr.toFixed(3),
          ]),
        ),
      ],
      verdicts: [
        {
          what: 'Amazon hold-out, MRR by the greatest lower bound',
          target: '≥ 0.36',
          measured: best!.mrr.toFixed(3),
          met: best!.mrr >= 0.36,
        },
        {
          what: 'Amazon hold-out, MRR by the lower bounds of all cohorts (aim)',
          target: '≥ 0.40',
          measured: sum!.mrr.toFixed(3),
          met: sum!.mrr >= 0.4,
        },
      ],
    };
  },
};

function readPeople(): Person[] {
  const resources = numbering();
  const people = new Map<string, Person>();
  for (const row of readRows(`${path}/users`)) {
    const values = dimensions.map((dimension) => row[dimension] ?? '');
    people.set(row.USER ?? '', { values, held: new Set() });
  }
  for (const { USER = '', RESOURCE = '' } of readRows(`${path}/grants`)) {
    people.get(USER)?.held.add(resources.of(RESOURCE));
  }
  return [...people.values()].filter(({ held }) => held.size > 0);
}

/** Every choice of one to three dimensions. */
function listChoices(): number[][] {
  let all: number[][] = [[]];
  dimensions.forEach((_, at) => {
    all = all.flatMap((choice) =>
      choice.length < maxDepth ? [choice, [...choice, at]] : [choice],
    );
  });
  return all.filter((choice) => choice.length > 0);
}

const keyOf = ({ values }: Person, choice: readonly number[]) =>
  choice.map((at) => values[at]).join('|');

function groupPeople(people: readonly Person[], choice: readonly number[]) {
  const groups = new Map<string, Person[]>();
  for (const person of people) {
    const key = keyOf(person, choice);
    const group = groups.get(key);
    if (group) group.push(person);
    else groups.set(key, [person]);
  }
  return groups;
}

interface Figures {
  recall: number;
  precision: number;
  mrr: number;
}

/** Ranks for the people held out what the others make likely. */
function holdOut(people: readonly Person[], seed: number): Map<string, Figures> {
  const random = createRandom(seed);
  const known: Person[] = [];
  const asked = people.filter((person) => {
    const isHeldOut = random() < heldOutShare;
    if (!isHeldOut) known.push(person);
    return isHeldOut;
  });
  const holders = new Map<number, number>();
  for (const { held } of known) {
    for (const one of held) holders.set(one, (holders.get(one) ?? 0) + 1);
  }
  const cohorts = listChoices().map((choice) => ({
    choice,
    members: groupPeople(known, choice),
  }));
  const figures = new Map(Object.keys(rankings).map((name) => [name, [] as Figures[]]));
  for (const person of asked) {
    const evidence = collectEvidence(person, cohorts);
    for (const [name, ranking] of Object.entries(rankings)) {
      const score = (one: number) =>
        ranking(evidence.get(one) ?? [], holders.get(one) ?? 0, known.length);
      figures.get(name)!.push(judge(person, rank([...evidence.keys()], score, holders)));
    }
  }
  return new Map([...figures].map(([name, list]) => [name, meanOf(list)]));
}

function collectEvidence(
  person: Person,
  cohorts: readonly { choice: number[]; members: Map<string, Person[]> }[],
): Map<number, Evidence[]> {
  const evidence = new Map<number, Evidence[]>();
  for (const { choice, members } of cohorts) {
    const peers = members.get(keyOf(person, choice)) ?? [];
    const counts = new Map<number, number>();
    for (const { held } of peers)
      for (const one of held) counts.set(one, (counts.get(one) ?? 0) + 1);
    for (const [one, k] of counts) {
      const list = evidence.get(one);
      if (list) list.push({ k, n: peers.length });
      else evidence.set(one, [{ k, n: peers.length }]);
    }
  }
  return evidence;
}

function rank(
  candidates: readonly number[],
  score: (entitlement: number) => number,
  holders: ReadonlyMap<number, number>,
): number[] {
  return candidates
    .map((one) => ({ one, score: score(one), holders: holders.get(one) ?? 0 }))
    .sort((a, b) => b.score - a.score || b.holders - a.holders || a.one - b.one)
    .map(({ one }) => one);
}

function judge({ held }: Person, ranked: readonly number[]): Figures {
  const right = ranked.slice(0, shown).filter((one) => held.has(one)).length;
  const first = ranked.findIndex((one) => held.has(one));
  return {
    recall: right / held.size,
    precision: right / shown,
    mrr: first < 0 ? 0 : 1 / (first + 1),
  };
}

function meanOf(list: readonly Figures[]): Figures {
  const of = (figure: keyof Figures) => mean(list.map((one) => one[figure]));
  return { recall: of('recall'), precision: of('precision'), mrr: of('mrr') };
}
