import { beforeEach, describe, expect, it } from 'vitest';
import type { Ctx } from '../../../src/governance/context.ts';
import {
  createPreferencesLink,
  openLink,
  requireAddress,
} from '../../../src/governance/email-links/action-links.ts';
import { syncSource } from '../../../src/governance/sync/sync-source.ts';
import { findPersonByEmail } from '../../../src/store/people/people.ts';
import { databases } from '../../support/database.ts';
import { useDatabase } from '../../support/use-database.ts';
import { ana, bo, sourceOf } from '../sync/sync-source.ts';

describe.each(databases())('links of a person whose address changes, on $name', ({ open }) => {
  const db = useDatabase(open);
  let at: Ctx;
  const minutes = (more: number) => new Date(Date.UTC(2026, 10, 20, 12, more));

  beforeEach(async () => {
    at = { db, actor: undefined, via: 'system', now: minutes(0) };
  });

  const sync = (address: string) =>
    syncSource(
      at,
      sourceOf({
        people: [
          { ...ana, id: '1', email: address },
          { ...bo, id: '2' },
        ],
      }),
    );
  const linkOf = async (address: string) => {
    const { id: personId } = (await findPersonByEmail(at.db, address))!;
    return createPreferencesLink(at, { personId });
  };

  it('the sync that changes an address expires only the links of that person', async () => {
    await sync(ana.email);
    const [oldLink, linkOfBo] = [await linkOf(ana.email), await linkOf(bo.email)];
    at = { ...at, now: minutes(10) };
    // The same address in capitals is the same mailbox.
    await sync(ana.email.toUpperCase());
    expect(await openLink(at, oldLink, 'preferences')).toMatchObject({
      person: { name: ana.name },
    });
    await sync('ana.klein@acme.example');
    at = { ...at, now: minutes(11) };
    await expect(openLink(at, oldLink, 'preferences')).rejects.toThrow('This link expired on');
    const newLink = await linkOf('ana.klein@acme.example');
    expect((await openLink(at, newLink, 'preferences')).person.name).toBe(ana.name);
    expect((await openLink(at, linkOfBo, 'preferences')).person.name).toBe(bo.name);
  });

  it('a mail that was written to the old address gets no links', async () => {
    await sync(ana.email);
    const person = (await findPersonByEmail(at.db, ana.email))!;
    await requireAddress(at, person);
    await sync('ana.klein@acme.example');
    await expect(requireAddress(at, person)).rejects.toThrow('The address has changed');
  });
});
