import type { WebClient } from '@slack/web-api';
import { Refusal } from '../../errors.ts';
import { analyzeFilter, managerValue } from '../../governance/analyses.ts';
import type { ActorCtx } from '../../governance/context.ts';
import { listMyTasks } from '../../governance/inbox.ts';
import { type Miner, requestAnalysis, whyNothingToMine } from '../../governance/mining-runs.ts';
import { listAccessProfiles } from '../../governance/profiles.ts';
import { nearestWord } from '../../governance/spelling.ts';
import { loadStatus } from '../../governance/status.ts';
import { listSuggestions } from '../../governance/suggestions.ts';
import { analysisForm } from '../actions/analyses.ts';
import { type Answer, openModal, type Reply } from '../answers.ts';
import { context, say, section, when } from '../blocks/elements.ts';
import { profilesMessage } from '../blocks/profile.ts';
import { openerMessage, requestView } from '../blocks/request.ts';
import { analysisMessage, count, listMessage } from '../blocks/suggestion.ts';
import { tasksMessage } from '../blocks/task.ts';
import { ids } from '../ids.ts';
import { ctxFor, type SlackDeps } from '../people.ts';
import { mentionedUser, parseCriteria, plainCommand, splitWord } from './parse.ts';
import { runSetup } from './setup.ts';

/** One line of `/rolemine …`, from the slash command or typed to the app. */
export interface Call {
  deps: SlackDeps;
  miner: Miner;
  client: WebClient;
  ctx: ActorCtx;
  rest: string;
  reply: Reply;
  /** Only a slash command can open a modal; in a message a button takes its place. */
  triggerId: string | undefined;
  userId: string;
}

interface Command {
  usage: string;
  says: string;
  run(call: Call): Promise<void>;
}

const commands: Record<string, Command> = {
  help: { usage: 'help', says: 'what you can type', run: help },
  suggestions: {
    usage: 'suggestions',
    says: 'access profiles that role mining suggests (Super Admins)',
    run: suggestions,
  },
  analyze: {
    usage: 'analyze [all | attribute=value …]',
    says: 'what a group of people share, for example `department=Engineering` (Super Admins)',
    run: analyze,
  },
  profiles: { usage: 'profiles', says: 'access profiles and who is in them', run: profiles },
  request: { usage: 'request', says: 'ask for access', run: request },
  tasks: { usage: 'tasks', says: 'what waits for you', run: tasks },
  setup: {
    usage: 'setup',
    says: 'become the first Super Admin and see what comes next',
    run: runSetup,
  },
  status: { usage: 'status', says: 'what Rolemine knows and when it last looked', run: status },
};

const greetings =
  /^(hi|hello|hey|hola|hallo|good (morning|afternoon|evening)|thanks?|thank you)\b/i;

/** Reads a line and does what it says; an unknown word is answered with the nearest one. */
export async function runLine(call: Omit<Call, 'rest'>, text: string): Promise<void> {
  const line = plainCommand(text).replace(/^\/?rolemine\b\s*/i, '');
  const { word, rest } = splitWord(line);
  const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
  if (command) return command.run({ ...call, rest });
  if (word === '' || greetings.test(line)) return help({ ...call, rest });
  const nearest = nearestWord(word, Object.keys(commands));
  const meant = nearest ? `Did you mean \`${nearest}\`?` : 'Type `help` to see what there is.';
  await call.reply({ text: `There is no command “${say(word)}”. ${meant}` });
}

async function help({ ctx, reply }: Call): Promise<void> {
  const lines = Object.values(commands).map(
    ({ usage, says }) => `• \`/rolemine ${usage}\` — ${says}`,
  );
  const text = `Hello ${ctx.actor.name.split(' ')[0]}. I find out which access people share, suggest access profiles, and carry requests to who decides about them.`;
  await reply({
    text: `${say(text)} Commands: ${Object.keys(commands).join(', ')}.`,
    blocks: [
      section(say(text)),
      section(lines.join('\n')),
      context('You can type the same words here without the slash.'),
    ],
  });
}

async function suggestions({ ctx, reply }: Call): Promise<void> {
  const { suggestions: list, run } = await listSuggestions(ctx);
  if (list.length > 0) return reply(listMessage(list));
  const nothing = await whyNothingToMine(ctx);
  const last = run?.finishedAt ? ` The last analysis ran ${when(run.finishedAt)}.` : '';
  await reply({
    text:
      nothing ??
      `No suggestion waits for a decision.${last} Type \`/rolemine analyze all\` to look again.`,
  });
}

async function analyze(call: Call): Promise<void> {
  const { ctx, reply, rest, miner } = call;
  if (rest === '') return openAnalysis(call);
  if (/^all$/i.test(rest)) return reply(await startAnalysis(ctx));
  const filter: Record<string, string[]> = {};
  for (const { dimension, values } of parseCriteria(rest)) {
    const isManager = /^manager(_email)?$/i.test(dimension);
    const read = isManager
      ? await Promise.all(values.map((one) => readManager(call, one)))
      : values;
    const key = isManager ? 'manager' : dimension;
    filter[key] = [...(filter[key] ?? []), ...read];
  }
  await reply(answerAnalysis(await analyzeFilter(ctx, miner, filter)));
}

/** Starts the organisation-wide analysis and says so at once; the report comes as a message. */
export async function startAnalysis(ctx: ActorCtx): Promise<Answer> {
  const run = await requestAnalysis(ctx);
  return {
    text: `The analysis of the whole organisation has started (run ${run.id}). You get a message when it is done.`,
  };
}

export function answerAnalysis(analysis: Awaited<ReturnType<typeof analyzeFilter>>): Answer {
  if (!analysis.found) return { text: say(analysis.sentence) };
  return {
    ...analysisMessage(analysis.found, 'table'),
    classic: analysisMessage(analysis.found, 'classic'),
  };
}

async function readManager({ deps, client, ctx }: Call, word: string): Promise<string> {
  const userId = mentionedUser(word);
  if (!userId) return word;
  const { actor } = await ctxFor(deps, client, { userId, teamId: deps.teamId }).catch((error) => {
    throw error instanceof Refusal
      ? new Refusal('missing', 'The person you mention is not known here as somebody with access.')
      : error;
  });
  return managerValue(ctx, actor.personId);
}

async function openAnalysis({ ctx, client, triggerId, reply }: Call): Promise<void> {
  // Asked before a modal opens, so that the refusal is an answer and not a window.
  const form = await analysisForm(ctx, undefined);
  if (triggerId) return openModal(client, triggerId, async () => form);
  await reply(openerMessage('Choose whose access to analyse:', 'Analyze', ids.analysisOpen));
}

async function profiles({ ctx, reply }: Call): Promise<void> {
  await reply(profilesMessage(await listAccessProfiles(ctx)));
}

async function request({ ctx, client, triggerId, reply }: Call): Promise<void> {
  const me = { id: ctx.actor.personId, name: ctx.actor.name };
  if (triggerId) return openModal(client, triggerId, async () => requestView({ me }));
  await reply(openerMessage('What do you need?', 'Request access', ids.requestOpen));
}

async function tasks({ ctx, reply }: Call): Promise<void> {
  const { total, cards } = await listMyTasks(ctx, 6);
  if (total === 0) return reply({ text: 'Nothing waits for you.' });
  await reply(tasksMessage(total, cards));
}

async function status({ ctx, reply }: Call): Promise<void> {
  const now = await loadStatus(ctx);
  const lines = [
    `${count(now.people, 'active person', 'active people')}, ${count(now.applications, 'application')}, ${count(now.entitlements, 'entitlement')}, ${count(now.grants, 'grant')}`,
    now.lastSync
      ? `Last import ${when(now.lastSync.at)} (${say(now.lastSync.connector)})`
      : 'Nothing has been imported yet: run `rolemine import csv DIR`',
    now.lastRun
      ? `Last analysis ${when(now.lastRun.at)}, ${count(now.lastRun.waiting, 'suggestion')} to decide about`
      : 'No analysis has run yet',
    `${count(now.openTasks, 'open task')}`,
    `${count(now.undelivered.waiting, 'message')} on the way, ${now.undelivered.failed} that could not be delivered`,
  ];
  await reply({
    text: `Rolemine knows ${lines[0]}.`,
    blocks: [section(lines.map((line) => `• ${line}`).join('\n'))],
  });
}
