import { WebClient } from '@slack/web-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';

let now = Date.UTC(2026, 10, 21, 12);
let sandbox: Sandbox;
let slack: WebClient;

const client = (token: string, from = sandbox) =>
  new WebClient(token, {
    slackApiUrl: from.apiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
const refusal = (call: Promise<unknown>) =>
  call.then(
    () => 'accepted',
    (error) => error.data?.error ?? error.message,
  );
const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'card' } }];

beforeAll(async () => {
  sandbox = await startSandbox({
    clock: () => now,
    users: [
      {
        id: 'U1',
        name: 'ana',
        realName: 'Ana Ruiz',
        email: 'ana@acme.example',
        tz: 'Asia/Tokyo',
        isAdmin: true,
      },
      { id: 'U2', name: 'bo', realName: 'Bo Chen', email: 'bo@acme.example', deleted: true },
      {
        id: 'U3',
        name: 'gus',
        realName: 'Gus Guest',
        email: 'gus@acme.example',
        isRestricted: true,
      },
      { id: 'X1', name: 'nora', realName: 'Nora None', email: 'nora@acme.example', noSlack: true },
    ],
  });
  slack = client(sandbox.botToken);
});
afterAll(() => sandbox.close());

describe('tokens and arguments', () => {
  test('auth.test returns the identity and scopes of the app', async () => {
    const answer = await slack.auth.test();
    expect(answer).toMatchObject({ ok: true, team_id: sandbox.teamId, user_id: sandbox.botUserId });
    expect(answer.response_metadata?.scopes).toContain('users:read.email');
  });

  test('wrong tokens, unknown methods and unknown arguments are rejected', async () => {
    expect(await refusal(client('xoxb-wrong').auth.test())).toBe('invalid_auth');
    expect(await refusal(client(sandbox.botToken).apps.connections.open())).toBe(
      'not_allowed_token_type',
    );
    expect(await refusal(slack.apiCall('chat.sing'))).toBe('unknown_method');
    expect(await refusal(slack.apiCall('users.info', { user: 'U1', shoe_size: 42 }))).toBe(
      'invalid_arguments',
    );
  });
});

describe('people', () => {
  test('people are found by e-mail, except deactivated ones and people outside Slack', async () => {
    const { user } = await slack.users.lookupByEmail({ email: 'ANA@acme.example' });
    expect(user).toMatchObject({
      id: 'U1',
      is_admin: true,
      tz_offset: 32_400,
      profile: { email: 'ana@acme.example' },
    });
    expect(await refusal(slack.users.lookupByEmail({ email: 'bo@acme.example' }))).toBe(
      'users_not_found',
    );
    expect(await refusal(slack.users.lookupByEmail({ email: 'nora@acme.example' }))).toBe(
      'users_not_found',
    );
  });

  test('users.list returns pages', async () => {
    const first = await slack.users.list({ limit: 2 });
    const second = await slack.users.list({
      limit: 2,
      cursor: first.response_metadata?.next_cursor ?? '',
    });
    expect([...first.members!, ...second.members!].map((member) => member.id)).toEqual([
      sandbox.botUserId,
      'U1',
      'U2',
      'U3',
    ]);
    expect(second.response_metadata?.next_cursor).toBe('');
  });
});

describe('messages', () => {
  test('a card is posted, changed in place and read back', async () => {
    const posted = await slack.chat.postMessage({ channel: 'U1', text: 'Approve?', blocks });
    expect(posted.channel).toBe('D1');
    const where = { channel: posted.channel!, ts: posted.ts! };
    await slack.chat.update({ ...where, text: 'Approved', blocks });
    expect(sandbox.as('ana@acme.example').messages().at(-1)).toMatchObject({
      text: 'Approved',
      edited: false,
    });
    await slack.chat.update({ ...where, text: 'Gone' });
    expect(sandbox.as('U1').messages().at(-1)).toMatchObject({
      text: 'Gone',
      blocks: [],
      edited: true,
    });
    expect((await slack.conversations.history({ channel: 'D1' })).messages?.[0]?.text).toBe('Gone');
  });

  test('updates need the conversation id and a message of the app that is not ephemeral', async () => {
    const { ts } = await slack.chat.postMessage({ channel: 'U1', text: 'one' });
    const own = await sandbox
      .as('U1')
      .dm('mine')
      .catch(() => '');
    const ephemeral = await slack.chat.postEphemeral({ channel: 'D1', user: 'U1', text: 'psst' });
    expect(await refusal(slack.chat.update({ channel: 'U1', ts: ts!, text: 'x' }))).toBe(
      'channel_not_found',
    );
    expect(await refusal(slack.chat.update({ channel: 'D1', ts: '1.1', text: 'x' }))).toBe(
      'message_not_found',
    );
    expect(await refusal(slack.chat.update({ channel: 'D1', ts: own, text: 'x' }))).toBe(
      'cant_update_message',
    );
    expect(
      await refusal(slack.chat.update({ channel: 'D1', ts: ephemeral.message_ts!, text: 'x' })),
    ).toBe('message_not_found');
  });

  test('deactivated users, bots and people outside Slack receive no messages', async () => {
    expect(await refusal(slack.chat.postMessage({ channel: 'U2', text: 'x' }))).toBe(
      'user_disabled',
    );
    expect(await refusal(slack.chat.postMessage({ channel: sandbox.botUserId, text: 'x' }))).toBe(
      'cannot_dm_bot',
    );
    expect(await refusal(slack.chat.postMessage({ channel: 'X1', text: 'x' }))).toBe(
      'channel_not_found',
    );
  });

  test('invalid blocks are rejected with the position of the problem', async () => {
    const bad = [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }];
    const error = await slack.chat
      .postMessage({ channel: 'U3', text: 'x', blocks: bad })
      .catch((e) => e);
    expect(error.data.error).toBe('invalid_blocks');
    expect(error.data.response_metadata.messages[0]).toContain(
      '[json-pointer:/blocks/0/text/text]',
    );
  });
});

describe('rate limits and injected failures', () => {
  test('more than one message per second to a person gets 429 and Retry-After', async () => {
    now += 60_000;
    const posts = Array.from({ length: 5 }, () =>
      slack.chat.postMessage({ channel: 'U3', text: 'again' }),
    );
    const outcomes = await Promise.allSettled(posts);
    const refused = outcomes.filter((one) => one.status === 'rejected');
    expect(refused.map((one) => one.reason.retryAfter)).toEqual([1]);
    now += 1_000;
    expect(await refusal(slack.chat.postMessage({ channel: 'U3', text: 'again' }))).toBe(
      'accepted',
    );
  });

  test('the 51st chat.update within a minute is rejected, but no other method', async () => {
    now += 120_000;
    const { ts, channel } = await slack.chat.postMessage({ channel: 'U3', text: 'card' });
    const update = () => refusal(slack.chat.update({ channel: channel!, ts: ts!, text: 'card' }));
    const outcomes = await Promise.all(Array.from({ length: 51 }, update));
    expect(outcomes.filter((one) => one !== 'accepted')).toHaveLength(1);
    expect(await refusal(slack.users.info({ user: 'U1' }))).toBe('accepted');
  });

  test('injected failures happen the given number of times', async () => {
    sandbox.fail({ method: 'users.info', kind: 'refuse', error: 'fatal_error', times: 2 });
    const ask = () => refusal(slack.users.info({ user: 'U1' }));
    expect([await ask(), await ask(), await ask()]).toEqual([
      'fatal_error',
      'fatal_error',
      'accepted',
    ]);
    sandbox.fail({ kind: '500' });
    expect(await ask()).toMatch(/500/);
    const backOnline = sandbox.fail({ kind: 'offline' });
    expect(await ask()).not.toBe('accepted');
    backOnline();
    expect(await ask()).toBe('accepted');
  });
});

test('an uploaded file appears in the conversation', async () => {
  now += 60_000;
  await slack.chat.postMessage({ channel: 'U1', text: 'hello' });
  await slack.filesUploadV2({
    channel_id: 'D1',
    filename: 'plan.csv',
    file: Buffer.from('a,b\n1,2\n'),
    initial_comment: 'The plan',
  });
  const last = sandbox.as('U1').messages().at(-1)!;
  expect(last).toMatchObject({ text: 'The plan', file: { name: 'plan.csv' } });
  expect(await (await fetch(String(last.file?.url_private))).text()).toBe('a,b\n1,2\n');
});
