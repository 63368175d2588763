import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { explainPermission, type Permission } from '../../src/governance/permissions.ts';
import { openApp, type Running } from '../../src/main.ts';
import { ids } from '../../src/slack/ids.ts';
import { tooOldSentence } from '../../src/slack/state/codec.ts';
import { cohortButton, outlierForm, reviewForm } from '../../src/slack/state/mining.ts';
import { channelOption, rolesForm, summaryOption } from '../../src/slack/state/people.ts';
import { policyPageButton, policyPageForm } from '../../src/slack/state/policies.ts';
import {
  confirmationForm,
  idButton,
  idForm,
  idOption,
  pageButton,
  pageForm,
  versionButton,
} from '../../src/slack/state/records.ts';
import {
  heldGrantsButton,
  miningRuleForm,
  miningRuleSwitchButton,
  rulePlaceForm,
  rulePolicyForm,
  writtenRuleForm,
} from '../../src/slack/state/rules.ts';
import { interventionForm, openQueryButton } from '../../src/slack/state/tasks.ts';
import { makeDataDir } from '../support/rolemine.ts';

const secret = 'a-signing-secret';
const team = 'T0001';

/** Entry points that a person without a role tries, with the permission they need. */
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
  ['orphans', 'manageUsers'],
  ['applications', 'manageApplications'],
  ['policies', 'managePolicies'],
];
const id = idButton.encode(1);
const firstPage = pageButton.encode(0);
const line = versionButton.encode({ id: 1, version: 1 });
const heldGrants = heldGrantsButton.encode({ ruleId: 1, shown: 6 });
const place = { rulePolicyId: 1, version: 1, list: 'rules', page: 0, back: 0 } as const;
const inRulePolicy = rulePlaceForm.encode(place);
const inList = pageForm.encode(0);
const policyPage = { kind: 'grant', page: 0 } as const;
/** The window is the metadata of the button's modal, if its listener reads that. */
const buttons: [id: string, value: string, Permission, window?: string][] = [
  [ids.analysisOpen, 'home', 'mineRoles'],
  [ids.analysisAgain, id, 'mineRoles'],
  [ids.analysisCancel, id, 'mineRoles'],
  [ids.analysisRefine, cohortButton.encode({}), 'mineRoles'],
  [ids.settingsOpen, 'home', 'mineRoles'],
  [ids.outlierList, 'home', 'mineRoles'],
  [ids.heldGrantsApply, heldGrants, 'mineRoles'],
  [ids.heldGrantsKeep, heldGrants, 'mineRoles'],
  [ids.importRelease, id, 'manageConnectors'],
  [ids.orphanList, firstPage, 'manageUsers'],
  [ids.suggestionReview, id, 'mineRoles'],
  [ids.suggestionDismiss, id, 'mineRoles'],
  [ids.suggestionList, firstPage, 'mineRoles'],
  [ids.rulePolicyList, firstPage, 'mineRoles'],
  [ids.rulePolicyOpen, id, 'mineRoles', inList],
  [ids.rulePolicyNew, 'new', 'mineRoles', inList],
  [ids.rulePolicyEdit, id, 'mineRoles', inRulePolicy],
  [ids.rulePolicySimulation, id, 'mineRoles'],
  [ids.rulePolicyAdopt, id, 'mineRoles', inRulePolicy],
  [ids.rulePolicyDelete, id, 'mineRoles', inRulePolicy],
  [ids.miningRuleFirst, 'new', 'mineRoles'],
  [ids.miningRuleNew, 'new', 'mineRoles', inRulePolicy],
  [ids.miningRuleEdit, id, 'mineRoles', inRulePolicy],
  [
    ids.miningRuleSwitch,
    miningRuleSwitchButton.encode({ id: 1, version: 1, enabled: false }),
    'mineRoles',
    inRulePolicy,
  ],
  [ids.miningRuleDelete, line, 'mineRoles', inRulePolicy],
  [ids.roleRuleList, firstPage, 'mineRoles', inRulePolicy],
  [ids.roleRuleFind, idOption.encode(1), 'mineRoles', inRulePolicy],
  [ids.roleRuleEnd, line, 'mineRoles', inRulePolicy],
  [ids.roleRuleWrite, 'write', 'mineRoles', inRulePolicy],
  [ids.simulationRequest, id, 'mineRoles'],
  [ids.simulationApply, id, 'mineRoles'],
  [ids.simulationCancel, id, 'mineRoles'],
  [ids.simulationRefresh, id, 'mineRoles'],
  [ids.simulationDetails, id, 'mineRoles'],
  [ids.simulationCsv, id, 'mineRoles'],
  [
    ids.openTurn,
    openQueryButton.encode({ kind: undefined, personId: undefined, order: 'oldest', page: 0 }),
    'reassignAnyTask',
  ],
  [ids.profileAdd, id, 'manageProfiles'],
  [ids.profileRemove, id, 'manageProfiles'],
  [ids.userList, firstPage, 'manageUsers'],
  [ids.userRoles, id, 'manageUsers'],
  [ids.organizationOpen, 'form', 'manageUsers'],
  [ids.appList, firstPage, 'manageApplications'],
  [ids.appEdit, id, 'manageApplications', inList],
  [ids.policyList, policyPageButton.encode(policyPage), 'managePolicies'],
  [ids.policyOpen, id, 'managePolicies', policyPageForm.encode(policyPage)],
];
const confirmed = confirmationForm.encode({ id: 1, confirmed: 1 });
const rule = { rulePolicyId: 1, entitlementId: 1, ruleType: 'required', priority: 0 } as const;
const submissions: [id: string, metadata: string, Permission][] = [
  [
    ids.outlierDecide,
    outlierForm.encode({ state: 'kept', personId: 1, entitlementId: 1 }),
    'mineRoles',
  ],
  [ids.settingsSave, '', 'mineRoles'],
  [ids.rulePolicySave, rulePolicyForm.encode({ form: 'new', back: 0 }), 'mineRoles'],
  [ids.miningRuleSave, miningRuleForm.encode({ form: 'first' }), 'mineRoles'],
  [ids.rulePolicyAdoptSubmit, inRulePolicy, 'mineRoles'],
  [
    ids.roleRuleSave,
    writtenRuleForm.encode({ place, input: { ...rule, criteria: [] }, gaining: 0 }),
    'mineRoles',
  ],
  [ids.simulationRequestSubmit, confirmed, 'mineRoles'],
  [ids.simulationApplySubmit, confirmed, 'mineRoles'],
  [ids.suggestionCreate, reviewForm.encode({ suggestionId: 1, page: 0, removed: [] }), 'mineRoles'],
  [ids.profileEnroll, idForm.encode(1), 'manageProfiles'],
  [ids.organizationSave, '', 'manageUsers'],
  [ids.userSave, rolesForm.encode({ personId: 1, roles: [] }), 'manageUsers'],
  [
    ids.taskInterveneReason,
    interventionForm.encode({ intervention: 'cancel', stepId: 1, version: 1, below: undefined }),
    'manageAnyTask',
  ],
];
/** The values of every form. Listeners ignore fields of other forms. */
const typed = {
  reason: { reason: { type: 'plain_text_input', value: 'so' } },
  channel: { choice: { selected_option: { value: channelOption.encode('slack') } } },
  summary: { choice: { selected_option: { value: summaryOption.encode('off') } } },
};

describe('an entry point that needs a permission', () => {
  /** Every call to Slack, newest last. */
  const calls: string[] = [];
  let slack: Server;
  let slackUrl: string;
  let dataDir: string;
  let app: Running;

  beforeAll(async () => {
    // A Slack that accepts every call and knows one person.
    slack = createServer(async (request, response) => {
      calls.push(decodeURIComponent((await text(request)).replaceAll('+', ' ')));
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

  /** Sends a request as Slack does, and waits for the words in the response or in a call. */
  async function isAnswered(form: Record<string, string>, words: string): Promise<boolean> {
    const from = calls.length;
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
    const answers = [await response.text()];
    for (let tries = 0; tries < 100; tries++) {
      if ([...answers, ...calls.slice(from)].some((one) => one.includes(words))) return true;
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

  it.each(commands)('/rolemine %s is refused without %s', async (line, permission) => {
    const { trigger_id, response_url } = common();
    const form = { command: '/rolemine', text: line, user_id: 'U0001', team_id: team };
    const words = explainPermission(permission);
    expect(await isAnswered({ ...form, trigger_id, response_url }, words)).toBe(true);
  });

  const window = (callbackId: string, metadata: string) => ({
    id: 'V1',
    type: 'modal',
    callback_id: callbackId,
    private_metadata: metadata,
    blocks: [],
    state: { values: typed },
  });

  it.each(buttons)(
    'the button %s (%s) is refused without %s',
    async (id, value, permission, metadata) => {
      const action = { type: 'button', action_id: id, block_id: 'b', value, action_ts: '1.1' };
      const where = metadata === undefined ? {} : { view: window('', metadata) };
      const body = { type: 'block_actions', actions: [action], channel: { id: 'D1' }, ...where };
      expect(await isAnswered(payload(body), explainPermission(permission))).toBe(true);
    },
  );

  it.each(submissions)(
    'the submission %s (%s) is refused without %s',
    async (id, metadata, permission) => {
      const body = { type: 'view_submission', view: window(id, metadata) };
      expect(await isAnswered(payload(body), explainPermission(permission))).toBe(true);
    },
  );

  it('a button and a form of an earlier version are refused in one sentence', async () => {
    const action = { type: 'button', action_id: ids.taskYes, block_id: 'b', value: '{"step":1}' };
    const body = { type: 'block_actions', actions: [action], channel: { id: 'D1' } };
    expect(await isAnswered(payload(body), tooOldSentence)).toBe(true);
    const view = window(ids.profileRuleSave, '{"id":1,"version":1,"rule":null,"excluded":[]}');
    expect(await isAnswered(payload({ type: 'view_submission', view }), tooOldSentence)).toBe(true);
  });

  it('Home hides views that the person may not use', async () => {
    const from = calls.length;
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
    for (let tries = 0; tries < 100 && calls.length === from; tries++) await sleep(50);
    const home = calls.slice(from).find((one) => one.includes('"type":"home"')) ?? '';
    expect(home).toContain('My requests');
    expect(home).not.toContain('Role mining');
  });
});
