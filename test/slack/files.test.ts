import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { bulkClient } from '../../src/slack/clients.ts';
import { sendFile } from '../../src/slack/files.ts';

const file = { name: 'simulation-Mining-7.csv', title: 'Mining <b> & more', text: 'a,b\r\n' };
const users = [{ name: 'dana', realName: 'Dana', email: 'dana@acme.example' }];

describe('a file sent to a person', () => {
  let slack: Sandbox;
  let barred: Sandbox;

  beforeAll(async () => {
    slack = await startSandbox({ users });
    barred = await startSandbox({ users, scopes: ['chat:write', 'im:write'] });
  });
  afterAll(async () => {
    await slack.close();
    await barred.close();
  });

  const send = (to: Sandbox) =>
    sendFile(bulkClient(to.botToken, to.apiUrl), to.as('dana').id, file);
  const received = () =>
    slack
      .as('dana')
      .messages()
      .filter((message) => message.file);

  it('appears in the conversation with the app, with its title escaped', async () => {
    await send(slack);
    expect(received()).toMatchObject([
      {
        text: 'Mining &lt;b&gt; &amp; more',
        file: { name: file.name, title: file.title, size: 5 },
      },
    ]);
  });

  it('waits as long as Slack asks, and arrives once', async () => {
    const before = received().length;
    slack.fail({ kind: '429', method: 'files.completeUploadExternal', retryAfterSeconds: 1 });
    await send(slack);
    expect(received()).toHaveLength(before + 1);
  });

  it('needs a scope that the refusal names', async () => {
    await expect(send(barred)).rejects.toThrow(
      'Rolemine may not send files in this workspace. Add the optional scope files:write to the Slack app and install it again.',
    );
  });
});
