import {
  App,
  type BlockAction,
  LogLevel,
  type SocketModeReceiver,
  type ViewResponseAction,
} from '@slack/bolt';
import type { ViewsOpenArguments } from '@slack/web-api';
import type { Dict } from '../../src/sandbox/dict.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';

const words = (text: string) => ({ type: 'plain_text' as const, text });
/** An input block with an element of any kind. */
export const input = (id: string, label: string, element: object): Dict => ({
  type: 'input',
  block_id: id,
  label: words(label),
  element: { action_id: id, ...element },
});
export const modal = (
  title: string,
  blocks: unknown[],
): ViewsOpenArguments['view'] & { type: 'modal' } => ({
  type: 'modal',
  callback_id: 'form',
  title: words(title),
  submit: words('Send'),
  // The sandbox checks the blocks; their exact types do not matter here.
  blocks: blocks as never,
});
export const form = modal('Request', [
  input('reason', 'Reason', { type: 'plain_text_input', min_length: 3 }),
  input('app', 'Application', { type: 'external_select', min_query_length: 1 }),
]);
const card = (text: string) => [
  { type: 'section' as const, text: { type: 'mrkdwn' as const, text } },
  {
    type: 'actions' as const,
    elements: [
      { type: 'button' as const, action_id: 'approve', text: words('Approve'), value: '7' },
      { type: 'button' as const, action_id: 'form', text: words('Form') },
      { type: 'button' as const, action_id: 'never', text: words('Never') },
    ],
  },
];

/** The app's next answer to a submitted form, and the trigger of the last command. */
export const appState: { answer?: ViewResponseAction | undefined; trigger: string } = {
  trigger: '',
};
export const received: unknown[] = [];
export const errorCodes: string[] = [];

/** Registers the same listeners for both kinds of connection. */
export function register(app: App): void {
  app.command('/rolemine', async ({ ack, command, respond, client }) => {
    appState.trigger = command.trigger_id;
    if (command.text === 'quick') return ack('At your service');
    if (command.text === 'lost') return;
    await ack();
    if (command.text === 'card')
      await client.chat.postMessage({
        channel: command.user_id,
        text: 'Approve?',
        blocks: card('*Ana* asks'),
      });
    else await respond({ text: `You said ${command.text}` });
  });
  app.action('approve', async ({ ack, body, respond }) => {
    await ack();
    received.push(body);
    await respond({ text: 'Approved', replace_original: true });
  });
  app.action<BlockAction>('form', async ({ ack, body, client }) => {
    await ack();
    const { trigger_id } = body;
    await client.views.open({ trigger_id, view: form });
    const again = () =>
      client.views
        .open({ trigger_id, view: form })
        .catch((error) => errorCodes.push(error.data.error));
    await again();
  });
  app.options('app', async ({ ack, options }) => {
    const all = ['GitHub', 'Gitea', 'Jira'].filter((name) => name.startsWith(options.value));
    await ack({ options: all.map((name) => ({ text: words(name), value: name.toLowerCase() })) });
  });
  app.view('form', async ({ ack, view }) => {
    received.push(view.state.values);
    await (appState.answer ? ack(appState.answer) : ack());
  });
  app.view({ callback_id: 'form', type: 'view_closed' }, async ({ ack }) => {
    await ack();
    received.push('closed');
  });
  app.message('hello', async ({ say }) => void (await say('Hello to you')));
  app.event('app_home_opened', async ({ event, client }) => {
    if (event.tab !== 'home') return;
    await client.views.publish({
      user_id: event.user,
      view: { type: 'home', blocks: card('Your tasks') },
    });
  });
  app.event('user_change', async ({ event }) => void received.push(event.user.deleted));
}

export const people = [
  { id: 'U1', name: 'ana', realName: 'Ana Ruiz', email: 'ana@acme.example' },
  { id: 'U2', name: 'bo', realName: 'Bo Chen', email: 'bo@acme.example' },
  { id: 'X1', name: 'nora', realName: 'Nora None', email: 'nora@acme.example', noSlack: true },
];

const noRetries = { retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };

/** Starts a real Bolt app over the sandbox's Socket Mode. */
export async function socketApp(sandbox: Sandbox, register: (app: App) => void) {
  const app = new App({
    token: sandbox.botToken,
    appToken: sandbox.appToken,
    socketMode: true,
    clientOptions: { slackApiUrl: sandbox.apiUrl, ...noRetries },
    logLevel: LogLevel.ERROR,
    deferInitialization: true,
    convoStore: false,
  });
  await app.init();
  register(app);
  await app.start();
  // Bolt does not expose its receiver, but only the client can end the connection.
  const { client } = (app as unknown as { receiver: SocketModeReceiver }).receiver;
  return { app, stop: () => client.disconnect() };
}

/** Starts a real Bolt app that receives signed HTTP requests. */
export async function httpApp(
  sandbox: Sandbox,
  port: number,
  register: (app: App) => void,
  signingSecret = sandbox.signingSecret,
) {
  const app = new App({
    token: sandbox.botToken,
    signingSecret,
    clientOptions: { slackApiUrl: sandbox.apiUrl, ...noRetries },
    logLevel: LogLevel.ERROR,
    deferInitialization: true,
    convoStore: false,
  });
  await app.init();
  register(app);
  await app.start(port);
  return { app, stop: () => app.stop() };
}
