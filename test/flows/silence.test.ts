import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { type Acme, ask, card, startAcme } from '../support/acme.ts';

const wait = 20_000;
type Name = 'ana' | 'bo' | 'hal' | 'kim' | 'lee' | 'dana' | 'eva';

/** Slack notifies of new messages only. An edit, a Home and an ephemeral answer arrive in silence. */
describe('nothing that matters arrives in silence', () => {
  let acme: Acme;
  const seen = new Map<string, number>();
  const as = (name: Name) => acme.as(name);

  beforeAll(async () => {
    acme = await startAcme({ rateLimits: 'off' });
  }, 60_000);
  afterAll(() => acme.close());

  /** The notifications since the last look, once there are some. */
  async function notified(name: Name): Promise<string[]> {
    const from = seen.get(name) ?? 0;
    const all = await as(name).waitFor((who) => {
      const list = who.notifications();
      return list.length > from ? list : undefined;
    }, wait);
    seen.set(name, all.length);
    return all.slice(from);
  }
  /** Those that came without a look at them before. */
  const sinceLast = (name: Name) =>
    as(name)
      .notifications()
      .slice(seen.get(name) ?? 0);
  const click = async (who: SandboxActor, text: string, words: string) =>
    who.click({ text, messageTs: (await card(who, words)).ts });
  const submit = async (who: SandboxActor, values: Record<string, unknown>) => {
    await who.waitFor(() => who.modal(), wait);
    await who.fill(values);
    await who.submit();
    await who.closeModal({ all: true });
  };

  it('a request: approver, provisioners, requester; nobody for what they did themselves', async () => {
    await ask(as('ana'), 'Admin');
    expect(await notified('bo')).toEqual([
      expect.stringMatching(/^Approve\? Ana asks for GitHub · Admin/),
    ]);
    await notified('ana');
    await click(as('bo'), 'Approve', 'GitHub · Admin');
    expect(await notified('kim')).toEqual([
      expect.stringMatching(/^Provision GitHub · Admin for Ana/),
    ]);
    await notified('lee');
    await click(as('kim'), 'Provisioned', 'GitHub · Admin');
    expect(await notified('ana')).toEqual([expect.stringMatching(/^You now have GitHub · Admin/)]);
    expect([sinceLast('bo'), sinceLast('kim'), sinceLast('lee')]).toEqual([[], [], []]);
  });

  it('a denial and its reason reach the requester', async () => {
    await ask(as('ana'), 'Audit');
    await notified('bo');
    await notified('ana');
    await click(as('bo'), 'Deny', 'GitHub · Audit');
    await submit(as('bo'), { Reason: 'Not in this team.' });
    expect(await notified('ana')).toEqual([
      expect.stringMatching(/^Your request for GitHub · Audit was denied.*Not in this team/),
    ]);
  });

  it('a new assignee is notified of a task that is new to them, and the delegate too', async () => {
    await ask(as('ana'), 'Billing');
    await notified('bo');
    const bo = as('bo');
    const { ts } = await card(bo, 'GitHub · Billing');
    await bo.select({ messageTs: ts, actionId: 'task:more', to: 'Reassign to…' });
    await bo.waitFor(() => bo.modal(), wait);
    const [hal] = await bo.suggest('person', 'Hal');
    await submit(bo, { 'New assignee': String(hal?.value), Reason: 'Hal knows.' });
    expect(await notified('hal')).toEqual([expect.stringMatching(/Ana asks for GitHub · Billing/)]);
    await bo.command('/rolemine', 'delegate @dana');
    expect(await notified('dana')).toEqual([expect.stringMatching(/^Bo made you their delegate/)]);
    await ask(as('eva'), 'Deploy');
    expect(await notified('dana')).toEqual([
      expect.stringMatching(/Eva asks for GitHub · Deploy.*For Bo/),
    ]);
    expect((await card(as('dana'), 'GitHub · Deploy')).words).toContain('(for Bo)');
  });
});
