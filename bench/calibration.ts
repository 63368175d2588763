import { type AccessMatrix, buildMatrix } from '../src/mining/matrix/matrix.ts';
import { createRandom } from '../src/mining/matrix/random.ts';
import { mine } from '../src/mining/suggestions/mine.ts';
import { generate, listMembers } from './generated.ts';
import { type BenchOptions, type Section, table, whole } from './page.ts';

const noises = [0, 2, 5];
const bins = 10;
/** Share of the people from whom the percentages come; they are compared with the others. */
const seenShare = 0.5;

export const calibration: Section = {
  name: 'calibration',
  title: 'Whether a percentage means what it says',
  measure: async (options) => {
    const rows = noises.map((noise) => measureNoise(noise, options));
    const worst = Math.max(...rows.map(({ error }) => error));
    return {
      lines: [
        'Half of the people of a generated company are mined; each percentage shown with a suggestion is compared',
        'with the share of the other half of that cohort who hold the entitlement. The expected calibration error is',
        `the mean distance between the two over ${bins} bins of percentages, by the people in them. Thresholds for`,
        'confidence and lower bound are lowered to 20 % so that not only high percentages are judged.',
        '',
        ...table(
          [
            'noise',
            'suggested entitlements',
            'held-out people in them',
            'expected calibration error',
          ],
          rows.map(({ noise, figures, people, error }) => [
            `${noise} %`,
            whole(figures),
            whole(people),
            error.toFixed(3),
          ]),
        ),
      ],
      verdicts: [
        {
          what: 'expected calibration error of shown percentages (greatest)',
          target: '≤ 0.05',
          measured: worst.toFixed(3),
          met: worst <= 0.05,
        },
      ],
    };
  },
};

interface Bin {
  shown: number;
  held: number;
  people: number;
}

function measureNoise(noise: number, { quick, seed }: BenchOptions) {
  const all: Bin[] = Array.from({ length: bins }, () => ({ shown: 0, held: 0, people: 0 }));
  let figures = 0;
  for (let at = 0; at < (quick ? 1 : 5); at++) {
    figures += addCompany(all, noise, seed + at, quick ? 400 : 1_000);
  }
  const people = all.reduce((sum, bin) => sum + bin.people, 0);
  const distance = all.reduce((sum, { shown, held }) => sum + Math.abs(shown - held), 0);
  return { noise, figures, people, error: distance / people };
}

/** Adds the figures of one company to the bins; @returns how many there were. */
function addCompany(all: Bin[], noise: number, seed: number, people: number): number {
  const { matrix } = generate(people, noise, seed);
  const random = createRandom(seed);
  const isSeen = Array.from({ length: matrix.people }, () => random() < seenShare);
  const seen = keepPeople(matrix, (person) => isSeen[person]!);
  const unseen = keepPeople(matrix, (person) => !isSeen[person]);
  const low = { minConfidencePercent: 20, minLowerBoundPercent: 20, maxSuggestions: 1_000_000 };
  let figures = 0;
  for (const { cohort, entitlements } of mine(seen, low).suggestions) {
    const others = listMembers(unseen, cohort);
    if (others.length === 0) continue;
    for (const { entitlement, confidencePercent } of entitlements) {
      figures++;
      const bin = all[Math.min(bins - 1, Math.floor((confidencePercent * bins) / 100))]!;
      bin.people += others.length;
      bin.shown += (others.length * confidencePercent) / 100;
      bin.held += others.filter((person) => holds(unseen, person, entitlement)).length;
    }
  }
  return figures;
}

function holds({ offsets, items }: AccessMatrix, person: number, entitlement: number): boolean {
  return items.subarray(offsets[person]!, offsets[person + 1]!).includes(entitlement);
}

/** The matrix of some of the people. */
function keepPeople(matrix: AccessMatrix, isKept: (person: number) => boolean): AccessMatrix {
  const kept = Array.from({ length: matrix.people }, (_, person) => person).filter(isKept);
  const rows = kept.map((person) =>
    Array.from(matrix.items.subarray(matrix.offsets[person]!, matrix.offsets[person + 1]!)),
  );
  const columns = matrix.columns.map((column) => ({
    ...column,
    codes: Uint32Array.from(kept, (person) => column.codes[person]!),
  }));
  return buildMatrix(
    kept.length,
    matrix.entitlements,
    rows.flatMap((row, person) => row.map(() => person)),
    rows.flat(),
    columns,
  );
}
