import { wilsonLowerBound } from '../src/mining/matrix/matrix.ts';
import { createRandom } from '../src/mining/matrix/random.ts';
import { createNumbering, hasDataSet, readRows } from './data.ts';
import { mean, notMeasured, type Section, table } from './page.ts';

const path = 'amazon-employee-access';
const dimensions = `MGR_ID ROLE_ROLLUP_1 ROLE_ROLLUP_2 ROLE_DEPTNAME ROLE_TITLE ROLE_FAMILY_DESC
ROLE_FAMILY ROLE_CODE`.split(/\s+/);
const maxDepth = 3;
const testShare = 0.2;
const topCount = 5;

interface Person {
  values: string[];
  held: Set<number>;
}

/** The evidence of one cohort for an entitlement: `k` of its `n` people hold it. */
interface Evidence {
  k: number;
  n: number;
}

/** The score of an entitlement for a person; `holders` of all `people` hold it. */
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
  title: 'Prediction of real access decisions',
  measure: async ({ quick, seed }) => {
    if (!hasDataSet(`${path}/users`)) return notMeasured(`${path} is missing`);
    const people = readPeople();
    const splits = Array.from({ length: quick ? 1 : 5 }, (_, at) =>
      evaluateSplit(people, seed + at),
    );
    const rows = Object.keys(rankings).map((name) => {
      const figures = splits.map((split) => split.get(name)!);
      const average = (of: keyof Figures) => mean(figures.map((figures) => figures[of]));
      return {
        name,
        recall: average('recall'),
        precision: average('precision'),
        mrr: average('mrr'),
      };
    });
    const [sum, best] = rows;
    return {
      lines: [
        `Every fifth person is held out (${splits.length} random splits, means) and known only by attributes. For each`,
        'of them the access of others in the same cohorts of one to three attributes is ranked, and compared with the',
        'real access of the person; ties go to the more popular entitlement. MRR is the mean reciprocal rank of the first correct one.',
        '',
        ...table(
          ['ranking', `recall@${topCount}`, `precision@${topCount}`, 'MRR'],
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
          figure: 'Amazon hold-out, MRR by the greatest lower bound',
          target: '≥ 0.36',
          measured: best!.mrr.toFixed(3),
          met: best!.mrr >= 0.36,
        },
        {
          figure: 'Amazon hold-out, MRR by the lower bounds of all cohorts (aim)',
          target: '≥ 0.40',
          measured: sum!.mrr.toFixed(3),
          met: sum!.mrr >= 0.4,
        },
      ],
    };
  },
};

function readPeople(): Person[] {
  const resources = createNumbering();
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
function listSelectableTasks(): number[][] {
  let all: number[][] = [[]];
  dimensions.forEach((_, at) => {
    all = all.flatMap((choice) =>
      choice.length < maxDepth ? [choice, [...choice, at]] : [choice],
    );
  });
  return all.filter((choice) => choice.length > 0);
}

const toCohortKey = ({ values }: Person, choice: readonly number[]) =>
  choice.map((at) => values[at]).join('|');

function groupPeople(people: readonly Person[], choice: readonly number[]) {
  const groups = new Map<string, Person[]>();
  for (const person of people) {
    const key = toCohortKey(person, choice);
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

/** Ranks entitlements for the test people by the access of the others. */
function evaluateSplit(people: readonly Person[], seed: number): Map<string, Figures> {
  const random = createRandom(seed);
  const training: Person[] = [];
  const testPeople = people.filter((person) => {
    const isHeldOut = random() < testShare;
    if (!isHeldOut) training.push(person);
    return isHeldOut;
  });
  const holders = new Map<number, number>();
  for (const { held } of training) {
    for (const one of held) holders.set(one, (holders.get(one) ?? 0) + 1);
  }
  const cohorts = listSelectableTasks().map((choice) => ({
    choice,
    members: groupPeople(training, choice),
  }));
  const figures = new Map<string, Figures[]>(Object.keys(rankings).map((name) => [name, []]));
  for (const person of testPeople) {
    const evidence = collectEvidence(person, cohorts);
    for (const [name, ranking] of Object.entries(rankings)) {
      const score = (one: number) =>
        ranking(evidence.get(one) ?? [], holders.get(one) ?? 0, training.length);
      figures.get(name)!.push(evaluateRanking(person, rank([...evidence.keys()], score, holders)));
    }
  }
  return new Map([...figures].map(([name, list]) => [name, averageFigures(list)]));
}

function collectEvidence(
  person: Person,
  cohorts: readonly { choice: number[]; members: Map<string, Person[]> }[],
): Map<number, Evidence[]> {
  const evidence = new Map<number, Evidence[]>();
  for (const { choice, members } of cohorts) {
    const peers = members.get(toCohortKey(person, choice)) ?? [];
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

function evaluateRanking({ held }: Person, ranked: readonly number[]): Figures {
  const right = ranked.slice(0, topCount).filter((one) => held.has(one)).length;
  const first = ranked.findIndex((one) => held.has(one));
  return {
    recall: right / held.size,
    precision: right / topCount,
    mrr: first < 0 ? 0 : 1 / (first + 1),
  };
}

function averageFigures(list: readonly Figures[]): Figures {
  const of = (figure: keyof Figures) => mean(list.map((one) => one[figure]));
  return { recall: of('recall'), precision: of('precision'), mrr: of('mrr') };
}
