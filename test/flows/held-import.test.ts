import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Acme, card, startAcme } from '../support/acme.ts';

describe('an incomplete export', () => {
  let acme: Acme;
  const three = new Map([
    ['people.csv', 'email\ndana@acme.example\nhal@acme.example\nida@acme.example'],
    ['grants.csv', 'person,app,entitlement\nida@acme.example,GitHub,Read'],
  ]);

  beforeAll(async () => {
    acme = await startAcme();
  }, 60_000);
  afterAll(() => acme.close());

  it('closes nobody until a Super Admin lets it through in Slack, and goes through once', async () => {
    const dana = acme.as('dana');
    await dana.openHome();
    const held = await acme.importCsv(three);
    expect(held).toEqual({
      exit: 1,
      lines: [
        expect.stringMatching(/^Held: this import would remove 6 of 9 people \(67 %\) and 1/),
      ],
    });
    const notice = await card(dana, 'An import of csv is held');
    expect(notice.buttons).toEqual(['Let it through']);
    const release = 'Let the import of csv through';
    await dana.waitFor(() => dana.home()?.buttons.includes(release));

    await dana.click({ text: release, in: 'home' });
    const now = await card(dana, 'An import of csv was held');
    expect(now.ts).toBe(notice.ts);
    expect(now.words).toContain('Dana let it through on');
    expect(now.buttons).toEqual([]);
    await dana.waitFor(() => !dana.home()?.buttons.includes(release));
    expect((await acme.importCsv(three)).lines).toContain('people        3 changed, 6 removed');
    await card(dana, 'a later import of csv went through');
  });
});
