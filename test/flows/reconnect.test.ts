import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { type Acme, startAcme } from '../support/acme.ts';

describe('a lost connection to Slack', () => {
  let acme: Acme;
  let ana: SandboxActor;

  beforeAll(async () => {
    acme = await startAcme();
    ana = acme.as('ana');
  }, 60_000);
  afterAll(() => acme.close());

  const connected = (count: number, timeoutMs: number) =>
    ana.waitFor(() => acme.slack.connections() === count, timeoutMs);

  it('is replaced within a second if Slack asks for a new one', async () => {
    acme.slack.fail({ kind: 'disconnect', times: 1 });
    await ana.waitFor(() => acme.slack.connections() > 0, 1_000);
    const before = ana.messages().length;
    await ana.command('/rolemine', 'tasks');
    await ana.waitFor(() => ana.messages().length > before, 5_000);
  });

  it('is opened again after an outage, however many attempts fail', async () => {
    const back = acme.slack.fail({ kind: 'offline' });
    await connected(0, 5_000);
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    back();
    await connected(1, 10_000);
    const before = ana.messages().length;
    await ana.command('/rolemine', 'tasks');
    await ana.waitFor(() => ana.messages().length > before, 5_000);
    expect(ana.messages().at(-1)?.text).toContain('There are no open tasks.');
  });
});
