import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Acme, card, startAcme } from '../support/acme.ts';

describe('an export that broke off half way', () => {
  let acme: Acme;
  const three = new Map([
    ['people.csv', 'email\ndana@acme.example\nhal@acme.example\nida@acme.example'],
    ['grants.csv', 'person,app,entitlement\nida@acme.example,GitHub,Read'],
  ]);

  beforeAll(async () => {
    acme = await startAcme();
  }, 60_000);
  afterAll(() => acme.close());

  it('closes nobody until a Super Admin lets it through in Slack, and then once', async () => {
    const dana = acme.as('dana');
    await dana.openHome();
    const held = await acme.importCsv(three);
    expect(held).toEqual({
      exit: 1,
      lines: [
        expect.stringMatching(/^Held: this import would remove 6 of 9 people \(67 %\) and 1/),
      ],
    });
    const told = await card(dana, 'An import of csv is held');
    expect(told.buttons).toEqual(['Let it through']);
    const yes = 'Let the import of csv through';
    await dana.waitFor(() => dana.home()?.buttons.includes(yes));

    await dana.click({ text: yes, in: 'home' });
    const now = await card(dana, 'An import of csv was held');
    expect(now.ts).toBe(told.ts);
    expect(now.words).toContain('Dana let it through on');
    expect(now.buttons).toEqual([]);
    await dana.waitFor(() => !dana.home()?.buttons.includes(yes));
    expect((await acme.importCsv(three)).lines).toContain('people        3 changed, 6 removed');
    await card(dana, 'a later import of csv went through');
  });
});
