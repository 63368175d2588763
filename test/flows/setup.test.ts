import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callCommand } from '../../src/jobs/command-socket.ts';
import type { SandboxActor } from '../../src/sandbox/actor.ts';
import { answerTo } from '../support/acme.ts';
import { type RunningRolemine, startRolemine } from '../support/rolemine.ts';

const wait = 15_000;

describe('setting up a new workspace', () => {
  let rolemine: RunningRolemine;
  let sandy: SandboxActor;

  beforeAll(async () => {
    const users = ['sandy', 'ana', 'bo', 'cy'].map((name) => ({
      name,
      realName: name.toUpperCase(),
      email: `${name}@acme.example`,
      isOwner: name === 'sandy',
    }));
    rolemine = await startRolemine({ users });
    sandy = rolemine.slack.as('sandy');
  }, 60_000);
  afterAll(() => rolemine.close());

  const setup = async (words: string) => {
    await sandy.command('/rolemine', 'setup');
    await sandy.waitFor(() => answerTo(sandy).includes(words), wait);
    return answerTo(sandy);
  };

  it('starts with an owner of the workspace, and shows the next command', async () => {
    const answer = await setup('You are now the Super Admin of Rolemine. Next: People.');
    expect(answer).toContain('rolemine import slack');
    expect(answer).toContain('Owners (open): Comes after access');
    const ana = rolemine.slack.as('ana');
    await ana.command('/rolemine', 'setup');
    await ana.waitFor(() => answerTo(ana).includes('already set up. Ask SANDY'), wait);
  });

  it('shows the next open step: people of Slack, access, owners, analysis', async () => {
    const ignore = { out: () => {}, err: () => {} };
    await callCommand(rolemine.dataDir, {
      command: 'import-slack',
      args: { dryRun: false },
      output: ignore,
    });
    const answer = await setup('Next: Access.');
    expect(answer).toContain('People (done): 4 people, 4 of them linked to Slack so far.');

    const people = 'email,name\nana@acme.example,Ana';
    const grants = 'person,app,entitlement\nana@acme.example,GitHub,Read';
    const files = new Map([
      ['people.csv', people],
      ['grants.csv', grants],
    ]);
    await rolemine.importCsv(files);
    expect(await setup('Next: Owners.')).toContain('1 application has no owner');
    await sandy.click({ text: 'Show applications' });
    await sandy.waitFor(() => sandy.modal()?.words.includes('• GitHub: 1 entitlement'), wait);
    await sandy.click({ text: 'Applications' });
    await sandy.waitFor(() => sandy.modal()?.words.includes('No owner'), wait);
    await sandy.closeModal({ all: true });

    const owned = 'app,owner_email\nGitHub,bo@acme.example';
    await rolemine.importCsv(new Map([...files, ['applications.csv', owned]]));
    await setup('You are a Super Admin');
    await sandy.waitFor(() => answerTo(sandy).includes('Every application has an owner.'), wait);
    const analyze = { text: 'Analyze', messageTs: sandy.messages().at(-1)?.ts };
    if (sandy.messages().at(-1)?.buttons.includes('Analyze')) await sandy.click(analyze);
    for (let tries = 0; tries < 50 && !answerTo(sandy).includes('Everything'); tries++) {
      await sleep(200);
      await setup('You are a Super Admin');
    }
    expect(await setup('Everything is set up.')).toContain('First analysis (done): Last run');
  });
});
