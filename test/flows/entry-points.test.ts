import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type Permission, permissionWords } from '../../src/governance/permissions.ts';
import { openApp, type Running } from '../../src/main.ts';
import { ids } from '../../src/slack/ids.ts';
import { makeDataDir } from '../support/rolemine.ts';

const secret = 'a-signing-secret';
const team = 'T0001';

/** What somebody without a role types, presses or submits, and the permission it asks for. */
const commands: [line: string, Permission][] = [
  ['suggestions', 'mineRoles'],
  ['analyze all', 'mineRoles'],
  ['analyze department=Sales', 'mineRoles'],
  ['analyze', 'mineRoles'],
  ['history', 'mineRoles'],
  ['outliers', 'mineRoles'],
  ['settings', 'mineRoles'],
  ['rules', 'mineRoles'],
  ['tasks all', 'reassignAnyTask'],
  ['roles', 'manageUsers'],
  ['people', 'manageUsers'],
  ['applications', 'manageApplications'],
  ['policies', 'managePolicies'],
];
const buttons: [id: string, value: string, Permission][] = [
  [ids.analysisOpen, 'home', 'mineRoles'],
  [ids.analysisAgain, '1', 'mineRoles'],
  [ids.analysisCancel, '1', 'mineRoles'],
  [ids.analysisRefine, '{}', 'mineRoles'],
  [ids.settingsOpen, 'home', 'mineRoles'],
  [ids.outlierList, 'home', 'mineRoles'],
  [ids.heldGrantsApply, '1.6', 'mineRoles'],
  [ids.heldGrantsKeep, '1.6', 'mineRoles'],
  [ids.importLetThrough, '1', 'manageConnectors'],
  [ids.suggestionReview, '1', 'mineRoles'],
  [ids.suggestionDismiss, '1', 'mineRoles'],
  [ids.suggestionList, '0', 'mineRoles'],
  [ids.rulePolicyList, '0', 'mineRoles'],
  [ids.rulePolicyOpen, '1', 'mineRoles'],
  [ids.rulePolicyEdit, 'new', 'mineRoles'],
  [ids.rulePolicySimulation, '1', 'mineRoles'],
  [ids.rulePolicyAdopt, '1', 'mineRoles'],
  [ids.rulePolicyDelete, '1', 'mineRoles'],
  [ids.miningRuleEdit, 'new', 'mineRoles'],
  [ids.miningRuleSwitch, '1.1.off', 'mineRoles'],
  [ids.miningRuleDelete, '1.1', 'mineRoles'],
  [ids.roleRuleList, '0', 'mineRoles'],
  [ids.roleRuleFind, '1', 'mineRoles'],
  [ids.roleRuleEnd, '1.1', 'mineRoles'],
  [ids.roleRuleWrite, '1', 'mineRoles'],
  [ids.simulationRequest, '1.1', 'mineRoles'],
  [ids.simulationApply, '1', 'mineRoles'],
  [ids.simulationCancel, '1', 'mineRoles'],
  [ids.simulationRefresh, '1', 'mineRoles'],
  [ids.simulationDetails, '1', 'mineRoles'],
  [ids.simulationCsv, '1', 'mineRoles'],
  [ids.openTurn, 'oldest.0', 'reassignAnyTask'],
  [ids.profileAdd, '1', 'manageProfiles'],
  [ids.profileRemove, '1', 'manageProfiles'],
  [ids.userList, '0', 'manageUsers'],
  [ids.userRoles, '1', 'manageUsers'],
  [ids.organisationOpen, 'form', 'manageUsers'],
  [ids.appList, '0', 'manageApplications'],
  [ids.appEdit, '1', 'manageApplications'],
  [ids.policyList, 'grant.0', 'managePolicies'],
  [ids.policyOpen, '1', 'managePolicies'],
];
const submissions: [id: string, metadata: string, Permission][] = [
  [ids.outlierDecide, 'kept.1.1', 'mineRoles'],
  [ids.settingsSave, '', 'mineRoles'],
  [ids.rulePolicySave, '{}', 'mineRoles'],
  [ids.miningRuleSave, '{}', 'mineRoles'],
  [ids.rulePolicyAdoptSubmit, '1.1.rules.0.0', 'mineRoles'],
  [ids.roleRuleSave, '{"place":"1","input":{"criteria":[]}}', 'mineRoles'],
  [ids.simulationRequestSubmit, '1.1', 'mineRoles'],
  [ids.simulationApplySubmit, '1.1', 'mineRoles'],
  [ids.suggestionCreate, '{"suggestionId":1,"page":0,"removed":[]}', 'mineRoles'],
  [ids.profileEnroll, '1', 'manageProfiles'],
  [ids.organisationSave, '', 'manageUsers'],
  [ids.userSave, '{"id":1,"roles":[]}', 'manageUsers'],
  [ids.taskInterveneReason, 'cancel.1.1', 'manageAnyTask'],
];

describe('an entry point that needs a permission', () => {
  /** Everything Slack was told, newest last. */
  const told: string[] = [];
  let slack: Server;
  let slackUrl: string;
  let dataDir: string;
  let app: Running;

  beforeAll(async () => {
    // A Slack that takes whatever it is told, and knows one person.
    slack = createServer(async (request, response) => {
      told.push(decodeURIComponent((await text(request)).replaceAll('+', ' ')));
      const user = {
        id: 'U0001',
        team_id: team,
        is_email_confirmed: true,
        profile: { email: 'zoe@acme.example', real_name: 'Zoe' },
      };
      const known = { user_id: 'UBOT', team_id: team, bot_id: 'B1', channel: 'D1', ts: '1.1' };
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ok: true, ...known, user, view: { id: 'V1' } }));
    });
    await once(slack.listen(0, '127.0.0.1'), 'listening');
    slackUrl = `http://127.0.0.1:${(slack.address() as AddressInfo).port}`;
    dataDir = await makeDataDir();
    app = await openApp(
      readConfig({
        SLACK_BOT_TOKEN: 'xoxb-1',
        SLACK_SIGNING_SECRET: secret,
        SLACK_API_URL: `${slackUrl}/api/`,
        DATA_DIR: dataDir,
        PORT: '0',
        LOG_LEVEL: 'error',
        ADMIN_EMAIL: 'dana@acme.example',
      }),
    );
  }, 60_000);
  afterAll(async () => {
    await app.close();
    slack.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Sends what Slack would, and waits until the words are among what comes back, one way or another. */
  async function answered(form: Record<string, string>, words: string): Promise<boolean> {
    const from = told.length;
    const body = new URLSearchParams(form).toString();
    const timestamp = String(Math.floor(Date.now() / 1000));
    const hash = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
    const response = await fetch(`${app.url}/slack/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': `v0=${hash}`,
      },
      body,
    });
    const said = [await response.text()];
    for (let tries = 0; tries < 100; tries++) {
      if ([...said, ...told.slice(from)].some((one) => one.includes(words))) return true;
      await sleep(50);
    }
    return false;
  }

  const person = { id: 'U0001', team_id: team };
  const common = () => ({
    user: person,
    team: { id: team },
    trigger_id: randomUUID(),
    response_url: `${slackUrl}/response`,
  });
  const payload = (body: object) => ({ payload: JSON.stringify({ ...common(), ...body }) });

  it.each(commands)('/rolemine %s says so: %s', async (line, permission) => {
    const { trigger_id, response_url } = common();
    const form = { command: '/rolemine', text: line, user_id: 'U0001', team_id: team };
    const words = permissionWords(permission);
    expect(await answered({ ...form, trigger_id, response_url }, words)).toBe(true);
  });

  it.each(buttons)('the button %s (%s) says so: %s', async (id, value, permission) => {
    const action = { type: 'button', action_id: id, block_id: 'b', value, action_ts: '1.1' };
    const body = { type: 'block_actions', actions: [action], channel: { id: 'D1' } };
    expect(await answered(payload(body), permissionWords(permission))).toBe(true);
  });

  it.each(submissions)('the submission %s (%s) says so: %s', async (id, metadata, permission) => {
    const view = {
      id: 'V1',
      type: 'modal',
      callback_id: id,
      private_metadata: metadata,
      blocks: [],
      state: { values: { reason: { reason: { type: 'plain_text_input', value: 'so' } } } },
    };
    const body = { type: 'view_submission', view };
    expect(await answered(payload(body), permissionWords(permission))).toBe(true);
  });

  it('Home leaves out what the person may not use', async () => {
    const from = told.length;
    const event = { type: 'app_home_opened', user: 'U0001', tab: 'home' };
    const body = JSON.stringify({ type: 'event_callback', team_id: team, event_id: 'E1', event });
    const timestamp = String(Math.floor(Date.now() / 1000));
    const hash = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
    await fetch(`${app.url}/slack/events`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-slack-request-timestamp': timestamp,
        'x-slack-signature': `v0=${hash}`,
      },
      body,
    });
    for (let tries = 0; tries < 100 && told.length === from; tries++) await sleep(50);
    const home = told.slice(from).find((one) => one.includes('"type":"home"')) ?? '';
    expect(home).toContain('My requests');
    expect(home).not.toContain('Role mining');
  });
});
