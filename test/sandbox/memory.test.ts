import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { openApp, type Running } from '../../src/main.ts';
import { makeCompany } from '../../src/sandbox/company/company.ts';
import { makeDataDir } from '../support/rolemine.ts';

const wait = 30_000;

describe('the sandbox after a restart', () => {
  const { employee, manager, withoutSlack } = makeCompany().cast;
  let dataDir: string;
  let app: Running;

  beforeEach(async () => {
    dataDir = await makeDataDir();
    app = await start();
  }, wait);
  afterEach(async () => {
    await app.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const start = () => openApp(readConfig({ DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error' }));
  const actor = (email: string) => app.sandbox!.as(email);
  const textsOf = (email: string) =>
    actor(email)
      .messages()
      .map(({ ts, text }) => `${ts} ${text}`);
  const restart = async () => {
    await app.close();
    app = await start();
  };

  it('shows each conversation, Home and mail as before, and sends nothing again', async () => {
    await actor(manager).waitFor((who) => who.messages().length > 1, wait);
    await actor(employee).dm('help');
    await actor(employee).waitFor((who) => who.messages().length > 2, wait);
    await actor(employee).openHome();
    await actor(employee).waitFor((who) => who.home(), wait);
    await actor(employee).waitFor(() => app.sandbox!.mails(withoutSlack).length > 0, wait);
    const before = {
      messages: [textsOf(employee), textsOf(manager)],
      home: actor(employee).home()?.words,
      mails: app.sandbox!.mails().map(({ subject }) => subject),
    };
    await restart();
    // A reply shows that the app had time to send anything else.
    await actor(manager).dm('help');
    await actor(manager).waitFor((who) => who.messages().at(-1)?.isFromApp, wait);
    expect([textsOf(employee), textsOf(manager).slice(0, -2)]).toEqual(before.messages);
    expect(actor(employee).home()?.words).toBe(before.home);
    expect(app.sandbox!.mails().map(({ subject }) => subject)).toEqual(before.mails);
  }, 60_000);

  it('sends all open messages again when its file is unreadable', async () => {
    await actor(manager).waitFor((who) => who.messages().length > 0, wait);
    await app.close();
    await writeFile(join(dataDir, 'sandbox-messages.json'), '{"version":1,');
    app = await start();
    await actor(manager).waitFor((who) => who.messages().length > 0, wait);
  }, 60_000);
});
