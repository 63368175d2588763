import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { type Acme, answerTo, card, startAcme } from '../support/acme.ts';

const wait = 15_000;

describe('views of access', () => {
  let acme: Acme;
  let [ana, bo, fay, kim, dana] = [] as unknown as SandboxActor[];

  beforeAll(async () => {
    acme = await startAcme();
    [ana, bo, fay, kim, dana] = ['ana', 'bo', 'fay', 'kim', 'dana'].map((name) => acme.as(name));
  }, 60_000);
  afterAll(() => acme.close());

  it('a person sees their own access by mention, name or e-mail address', async () => {
    for (const words of [`<@${fay!.id}>`, 'Fay', 'fay@acme.example']) {
      await fay!.command('/rolemine', `person ${words}`);
      const seen = await fay!.waitFor((who) => who.modal(), wait);
      expect(seen.words).toContain('*GitHub*');
      expect(seen.words).toMatch(/\*Read\*\nSince .*, found by the csv sync; last use unknown/);
      expect(seen.buttons).not.toContain('Revoke');
      await fay!.closeModal();
    }
  });

  it('others are refused in one sentence, and so are unknown names', async () => {
    await ana!.command('/rolemine', 'person Fay');
    await ana!.waitFor(() => answerTo(ana!).startsWith('You can view your own access'), wait);
    await ana!.command('/rolemine', 'person Zoltan');
    await ana!.waitFor(() => answerTo(ana!).includes('There is nobody called “Zoltan”'), wait);
    await ana!.command('/rolemine', 'entitlement github read');
    await ana!.waitFor(() => answerTo(ana!).includes('“github read” was not found'), wait);
  });

  it('an owner finds an entitlement, sees its holders, and proposes a revocation there', async () => {
    await kim!.command('/rolemine', 'entitlement');
    await kim!.waitFor((who) => who.modal(), wait);
    await kim!.fill({ Entitlement: 'GitHub · Read' });
    await kim!.submit();
    await kim!.waitFor((who) => who.modal()?.title === 'Entitlement holders', wait);
    const words = kim!.modal()?.words;
    expect(words).toContain('1 person has it.');
    expect(words).toContain('*Fay*\nEngineer, Engineering. Since ');
    await kim!.click({ text: 'Revoke', in: 'modal' });
    await kim!.waitFor((who) => who.modal()?.title === 'Revoke access', wait);
    await kim!.fill({ Reason: 'moved to Sales' });
    const { errors } = await kim!.submit();
    expect(errors).toBeUndefined();
    const asked = await card(bo!, 'Revoke GitHub · Read from Fay?');
    expect(asked.words).toContain('moved to Sales');
    await kim!.closeModal({ all: true });
  });

  it('the manager sees the open revocation in the view of the person', async () => {
    await bo!.command('/rolemine', 'person fay@acme.example');
    const seen = await bo!.waitFor((who) => who.modal(), wait);
    expect(seen.words).toMatch(/Revocation #10\d\d is open/);
    expect(seen.buttons).not.toContain('Revoke');
    await bo!.closeModal();
  });

  it('several matches have buttons, also in the answer to a message', async () => {
    await dana!.command('/rolemine', 'entitlement github b');
    await dana!.waitFor(
      (who) => who.messages().at(-1)?.words.includes('Which entitlement do you mean?'),
      wait,
    );
    await dana!.dm('person fay@acme.example');
    const choice = await card(dana!, 'Which person do you mean?');
    await dana!.click({ text: 'Show', messageTs: choice.ts });
    await dana!.waitFor((who) => who.modal()?.words.includes('Has 1 entitlement.'), wait);
    await dana!.closeModal();
  });
});
