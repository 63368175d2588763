import fc from 'fast-check';
import { type AccessMatrix, buildColumn, buildMatrix } from '../../src/mining/matrix/matrix.ts';
import type { SmallPerson } from './oracle.ts';

export interface SmallCompany {
  entitlements: number;
  dimensions: number;
  people: SmallPerson[];
}

/** Small companies in which some people's access follows their attributes. */
export const smallCompanies: fc.Arbitrary<SmallCompany> = fc
  .record({
    entitlements: fc.integer({ min: 1, max: 7 }),
    dimensions: fc.integer({ min: 1, max: 4 }),
    values: fc.integer({ min: 1, max: 4 }),
    density: fc.integer({ min: 1, max: 9 }),
    linked: fc.integer({ min: 0, max: 10 }),
  })
  .chain(({ entitlements, dimensions, values, density, linked }) => {
    const attribute = fc.option(
      fc.integer({ min: 1, max: values }).map((v) => `v${v}`),
      { freq: 8 },
    );
    const chances = fc.array(fc.integer({ min: 0, max: 9 }), {
      minLength: entitlements,
      maxLength: entitlements,
    });
    const person = fc.record({
      attributes: fc.array(attribute, { minLength: dimensions, maxLength: dimensions }),
      chances,
      isLinked: fc.integer({ min: 1, max: 10 }).map((roll) => roll <= linked),
    });
    return fc.array(person, { maxLength: 40 }).map((raw) => {
      const people = raw.map(({ attributes, chances: rolls, isLinked }) => {
        const follows = (e: number) => attributes[e % dimensions] === `v${1 + (e % values)}`;
        const all = rolls.map((_, e) => e);
        const holds = all.filter((e) => (isLinked ? follows(e) : rolls[e]! < density));
        return { attributes, holds: new Set(holds) };
      });
      return { entitlements, dimensions, people };
    });
  });

/** The matrix of a company; `reverse` lists its grants in reverse order. */
export function toMatrix(company: SmallCompany, reverse = false): AccessMatrix {
  const grants = company.people.flatMap(({ holds }, p) => [...holds].map((e) => [p, e] as const));
  if (reverse) grants.reverse();
  const columns = Array.from({ length: company.dimensions }, (_, d) =>
    buildColumn(
      `d${d}`,
      company.people.map(({ attributes }) => attributes[d]),
    ),
  );
  return buildMatrix(
    company.people.length,
    company.entitlements,
    grants.map(([p]) => p),
    grants.map(([, e]) => e),
    columns,
  );
}
