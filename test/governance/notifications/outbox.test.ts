import { describe, expect, it } from 'vitest';
import { notify } from '../../../src/governance/context.ts';
import { claimMessages, postponeMessage } from '../../../src/governance/notifications/outbox.ts';
import { databases } from '../../support/database.ts';
import { useCompany } from '../../support/use-database.ts';

describe.each(databases())('what waits to be delivered on $name', ({ open }) => {
  const { company } = useCompany(open);

  it('a newer row about a message that was tried before is a second try, so that what arrived is looked for', async () => {
    const { system, ids } = company;
    const card = { kind: 'step', subjectId: 7, priority: 1 } as const;
    await notify(system, [{ ...card, recipientId: ids.Bo }]);
    const [first] = await claimMessages(system, 8);
    await postponeMessage(system, first!, system.now, { counted: true, error: 'no answer' });
    await notify(system, [
      { ...card, recipientId: ids.Bo },
      { ...card, recipientId: ids.Lee },
    ]);
    const claimed = await claimMessages(system, 8);
    const tries = claimed.map(({ recipientId, attempts }) => [recipientId, attempts]);
    expect(Object.fromEntries(tries)).toEqual({ [ids.Bo]: 2, [ids.Lee]: 1 });
  });
});
