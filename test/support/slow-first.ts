import { BaseSequencer, type TestSpecification } from 'vitest/node';

const slow = ['test/jobs/', 'test/web/', 'test/flows/'];

/**
 * Starts with the suites that wait a lot (for mail servers, a browser, Slack's pauses), so that none of them
 * runs alone at the end.
 */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

function rank({ moduleId }: TestSpecification): number {
  const at = slow.findIndex((folder) => moduleId.includes(`/${folder}`));
  return at < 0 ? slow.length : at;
}
