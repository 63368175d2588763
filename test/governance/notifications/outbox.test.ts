import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { notify } from '../../../src/governance/context.ts';
import {
  claimMessages,
  failMessage,
  type OutboxRow,
  postponeMessage,
  releaseMessages,
  retryReaddressed,
} from '../../../src/governance/notifications/outbox.ts';
import { outbox } from '../../../src/store/schema/messages.ts';
import { people } from '../../../src/store/schema/people.ts';
import { databases } from '../../support/database.ts';
import type { SmallCompany } from '../../support/small-company.ts';
import { useCompany } from '../../support/use-database.ts';

describe.each(databases())('what waits to be delivered on $name', ({ open }) => {
  const { company, db } = useCompany(open);

  const card = { kind: 'step', subjectId: 7, priority: 1 } as const;
  const inAnHour = () => new Date(company.system.now.getTime() + 3_600_000);
  const claimFor = async (...names: (keyof SmallCompany['ids'])[]): Promise<OutboxRow[]> => {
    const { system, ids } = company;
    await notify(
      system,
      names.map((name) => ({ ...card, recipientId: ids[name] })),
    );
    const claimed = await claimMessages(system, 8);
    return names.map((name) => claimed.find((row) => row.recipientId === ids[name])!);
  };
  const dueNow = async () => {
    const { ids } = company;
    const due = (await claimMessages(company.system, 8)).map((row) => row.recipientId);
    return Object.entries(ids).flatMap(([name, id]) => (due.includes(id) ? [name] : []));
  };
  const rewordErrors = () => db.update(outbox).set({ error: 'e-mail: x is re' });

  it('a newer row about a message that was tried before is a second try, so that what arrived is looked for', async () => {
    const { system, ids } = company;
    await notify(system, [{ ...card, recipientId: ids.Bo }]);
    const [first] = await claimMessages(system, 8);
    await postponeMessage(system, first!, { at: system.now, counted: true, error: 'no answer' });
    await notify(system, [
      { ...card, recipientId: ids.Bo },
      { ...card, recipientId: ids.Lee },
    ]);
    const claimed = await claimMessages(system, 8);
    const tries = claimed.map(({ recipientId, attempts }) => [recipientId, attempts]);
    expect(Object.fromEntries(tries)).toEqual({ [ids.Bo]: 2, [ids.Lee]: 1 });
  });

  it('a message that waits for Slack is due when Slack is back, whatever its error says', async () => {
    const { system } = company;
    const [waits, resting] = await claimFor('Bo', 'Lee');
    const error = 'Slack cannot be reached';
    await postponeMessage(system, waits!, {
      at: inAnHour(),
      counted: false,
      error,
      waitingFor: 'slack',
    });
    await postponeMessage(system, resting!, { at: inAnHour(), counted: false, error });
    await rewordErrors();
    await releaseMessages(system, 'slack');
    expect(await dueNow()).toEqual(['Bo']);
  });

  it('a message that Slack asks to send later does not come early because it once waited for Slack', async () => {
    const { system } = company;
    const [row] = await claimFor('Bo');
    await postponeMessage(system, row!, { at: system.now, counted: false, waitingFor: 'slack' });
    const [again] = await claimMessages(system, 8);
    await postponeMessage(system, again!, { at: inAnHour(), counted: false });
    await releaseMessages(system, 'slack');
    expect(await dueNow()).toEqual([]);
  });

  it('a message that one address refused goes to the new address, even if the refusal quotes that address', async () => {
    const { system, ids } = company;
    const [moved, stays, other] = await claimFor('Bo', 'Lee', 'Kim');
    const refused = (address: string) => ({
      error: `e-mail: ${address} is refused: 550 no bo@acme.example here`,
      mail: 'refused' as const,
      address,
    });
    await failMessage(system, moved!, refused('old.bo@acme.example'));
    await failMessage(system, stays!, refused('LEE@acme.example'));
    await failMessage(system, other!, { error: 'e-mail: SMTP_URL is refused: 550' });
    const addresses = await db.select().from(people).where(eq(people.id, ids.Bo));
    expect(addresses[0]?.email).toBe('bo@acme.example');
    await retryReaddressed(system);
    expect(await dueNow()).toEqual(['Bo']);
  });

  it('a person without an address gets the message once there is one', async () => {
    const { system, ids } = company;
    const [row] = await claimFor('Cy');
    await db.update(people).set({ email: null }).where(eq(people.id, ids.Cy));
    await failMessage(system, row!, { error: 'e-mail: no e-mail address', mail: 'no_address' });
    await rewordErrors();
    await retryReaddressed(system);
    expect(await dueNow()).toEqual([]);
    await db.update(people).set({ email: 'cy@new.example' }).where(eq(people.id, ids.Cy));
    await retryReaddressed(system);
    expect(await dueNow()).toEqual(['Cy']);
    const [revived] = await db
      .select()
      .from(outbox)
      .where(eq(outbox.recipientId, ids.Cy))
      .orderBy(outbox.id);
    expect(revived).toMatchObject({ mailFailure: null, failedAddress: null, error: null });
  });
});
