import { type AccessMatrix, buildMatrix } from '../src/mining/matrix/matrix.ts';
import { createRandom } from '../src/mining/matrix/random.ts';
import { mine } from '../src/mining/suggestions/mine.ts';
import { generate, listMembers } from './generated.ts';
import { type BenchOptions, formatCount, type Section, table } from './page.ts';

const noises = [0, 2, 5];
const binCount = 10;
/** Share of the people that are mined; the percentages are compared with the others. */
const trainingShare = 0.5;

export const calibration: Section = {
  name: 'calibration',
  title: 'Calibration of shown percentages',
  measure: async (options) => {
    const rows = noises.map((noise) => measureNoise(noise, options));
    const worst = Math.max(...rows.map(({ error }) => error));
    return {
      lines: [
        'Half of the people of a generated company are mined; each percentage shown with a suggestion is compared',
        'with the share of holders in the other half of that cohort. The expected calibration error is',
        `the mean distance between the two in ${binCount} bins of percentages, weighted by their people. Thresholds for`,
        'confidence and lower bound are lowered to 20 %, so that not only high percentages are compared.',
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
            formatCount(figures),
            formatCount(people),
            error.toFixed(3),
          ]),
        ),
      ],
      verdicts: [
        {
          figure: 'expected calibration error of shown percentages (maximum)',
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
  const bins: Bin[] = Array.from({ length: binCount }, () => ({ shown: 0, held: 0, people: 0 }));
  let figures = 0;
  for (let at = 0; at < (quick ? 1 : 5); at++) {
    figures += addCompany(bins, noise, seed + at, quick ? 400 : 1_000);
  }
  const people = bins.reduce((sum, bin) => sum + bin.people, 0);
  const distance = bins.reduce((sum, { shown, held }) => sum + Math.abs(shown - held), 0);
  return { noise, figures, people, error: distance / people };
}

/** Adds the figures of one company to the bins; @returns their number. */
function addCompany(bins: Bin[], noise: number, seed: number, people: number): number {
  const { matrix } = generate(people, noise, seed);
  const random = createRandom(seed);
  const isTraining = Array.from({ length: matrix.people }, () => random() < trainingShare);
  const training = selectPeople(matrix, (person) => isTraining[person]!);
  const test = selectPeople(matrix, (person) => !isTraining[person]);
  const thresholds = {
    minConfidencePercent: 20,
    minLowerBoundPercent: 20,
    maxSuggestions: 1_000_000,
  };
  let figures = 0;
  for (const { cohort, entitlements } of mine(training, thresholds).suggestions) {
    const others = listMembers(test, cohort);
    if (others.length === 0) continue;
    for (const { entitlement, confidencePercent } of entitlements) {
      figures++;
      const bin = bins[Math.min(binCount - 1, Math.floor((confidencePercent * binCount) / 100))]!;
      bin.people += others.length;
      bin.shown += (others.length * confidencePercent) / 100;
      bin.held += others.filter((person) => holds(test, person, entitlement)).length;
    }
  }
  return figures;
}

function holds({ offsets, items }: AccessMatrix, person: number, entitlement: number): boolean {
  return items.subarray(offsets[person]!, offsets[person + 1]!).includes(entitlement);
}

/** The matrix of the selected people. */
function selectPeople(matrix: AccessMatrix, isSelected: (person: number) => boolean): AccessMatrix {
  const selected = Array.from({ length: matrix.people }, (_, person) => person).filter(isSelected);
  const rows = selected.map((person) =>
    Array.from(matrix.items.subarray(matrix.offsets[person]!, matrix.offsets[person + 1]!)),
  );
  const columns = matrix.columns.map((column) => ({
    ...column,
    codes: Uint32Array.from(selected, (person) => column.codes[person]!),
  }));
  return buildMatrix(
    selected.length,
    matrix.entitlements,
    rows.flatMap((row, person) => row.map(() => person)),
    rows.flat(),
    columns,
  );
}
