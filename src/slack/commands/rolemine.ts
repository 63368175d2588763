import { loadStatus } from '../../governance/messages/status.ts';
import { listAccountConflicts } from '../../governance/people/account-conflicts.ts';
import { listAccessProfiles } from '../../governance/profiles/view.ts';
import { listMyRequests } from '../../governance/task-cards/my-requests.ts';
import { formatCount } from '../../governance/wording/counts.ts';
import { findNearestWord } from '../../governance/wording/nearest-word.ts';
import { preferencesForm } from '../actions/people/preferences.ts';
import { openModal } from '../answers.ts';
import { context, say, section, when } from '../blocks/kit/elements.ts';
import { openerMessage } from '../blocks/kit/sentence.ts';
import { peopleMessage } from '../blocks/people/people.ts';
import { profilesMessage } from '../blocks/profiles/profile-list.ts';
import { requestView } from '../blocks/requests/request.ts';
import { revokeView } from '../blocks/requests/revoke.ts';
import { requestsMessage } from '../blocks/tasks/my-requests.ts';
import { ids } from '../ids.ts';
import { showEntitlement, showPerson } from './access.ts';
import type { CommandCall } from './call.ts';
import { showApplications, showPolicies } from './catalog.ts';
import { runDelegate } from './delegate.ts';
import {
  openSettings,
  runAnalyze,
  showHistory,
  showOutliers,
  showRules,
  showSuggestions,
} from './mining.ts';
import { plainCommand, splitWord } from './parse.ts';
import { showRoles } from './roles.ts';
import { runSetup } from './setup.ts';
import { showTasks } from './tasks.ts';

interface Command {
  usage: string;
  says: string;
  run(call: CommandCall): Promise<void>;
}

const commands: Record<string, Command> = {
  help: { usage: 'help', says: 'what you can type', run: help },
  suggestions: {
    usage: 'suggestions',
    says: 'access profiles that role mining suggests (Super Admins)',
    run: showSuggestions,
  },
  analyze: {
    usage: 'analyze [all | attribute=value …]',
    says: 'what a group of people share, for example `department=Engineering` (Super Admins)',
    run: runAnalyze,
  },
  history: {
    usage: 'history',
    says: 'past analyses, to run them again, or cancel one that runs (Super Admins)',
    run: showHistory,
  },
  outliers: {
    usage: 'outliers',
    says: 'access that hardly any peer has (Super Admins)',
    run: showOutliers,
  },
  settings: {
    usage: 'settings',
    says: 'thresholds of role mining (Super Admins)',
    run: openSettings,
  },
  rules: {
    usage: 'rules',
    says: 'mining rules, which make rules of who holds what, and rules written by hand (Super Admins)',
    run: showRules,
  },
  profiles: {
    usage: 'profiles [words]',
    says: 'access profiles: ask for all of one, and for who keeps them what is in them and who',
    run: profiles,
  },
  request: { usage: 'request', says: 'ask for access', run: request },
  requests: {
    usage: 'requests',
    says: 'what you asked for and where it is; cancel it or send a reminder',
    run: requests,
  },
  person: {
    usage: 'person [@mention | name | e-mail]',
    says: 'what somebody holds, and since when',
    run: showPerson,
  },
  entitlement: {
    usage: 'entitlement [application and name]',
    says: 'who holds something, for example `github admin`',
    run: showEntitlement,
  },
  revoke: { usage: 'revoke', says: 'propose to take access away', run: revoke },
  delegate: {
    usage: 'delegate [@person [from 2027-01-04] [until 2027-01-10] | off]',
    says: 'who gets your new tasks in your place',
    run: runDelegate,
  },
  notifications: {
    usage: 'notifications',
    says: 'how you are reached, when you work, and whether you get summaries',
    run: notifications,
  },
  tasks: {
    usage: 'tasks [requests | provisioning | revocations | deprovisioning | completed]',
    says: 'what waits for you, one list or all; `tasks all [provisioning] [@kim] [newest]` every open task (Super Admins)',
    run: showTasks,
  },
  roles: {
    usage: 'roles [@person]',
    says: 'who may do what, and changing it (Super Admins)',
    run: showRoles,
  },
  applications: {
    usage: 'applications',
    says: 'owners, instructions and policies of applications and entitlements (Super Admins)',
    run: showApplications,
  },
  policies: {
    usage: 'policies',
    says: 'who decides about what: policies, the rules that choose one, and a preview (Super Admins)',
    run: showPolicies,
  },
  people: {
    usage: 'people',
    says: 'people and their Slack accounts: what needs attention (Super Admins)',
    run: people,
  },
  setup: {
    usage: 'setup',
    says: 'become the first Super Admin, and what is left to set up, step by step',
    run: runSetup,
  },
  status: { usage: 'status', says: 'what Rolemine knows and when it last looked', run: status },
};

const greetings =
  /^(hi|hello|hey|hola|hallo|good (morning|afternoon|evening)|thanks?|thank you)\b/i;

/** Reads a line and does what it says; an unknown word is answered with the nearest one. */
export async function runLine(call: Omit<CommandCall, 'rest'>, text: string): Promise<void> {
  const line = plainCommand(text).replace(/^\/?rolemine\b\s*/i, '');
  const { word, rest } = splitWord(line);
  const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
  if (command) return command.run({ ...call, rest });
  if (word === '' || greetings.test(line)) return help({ ...call, rest });
  const nearest = findNearestWord(word, Object.keys(commands));
  const meant = nearest ? `Did you mean \`${nearest}\`?` : 'Type `help` to see what there is.';
  await call.reply({ text: `There is no command “${say(word)}”. ${meant}` });
}

async function help({ ctx, reply }: CommandCall): Promise<void> {
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

async function profiles({ ctx, reply, rest }: CommandCall): Promise<void> {
  const found = await listAccessProfiles(ctx, { words: rest, archived: false, page: 0 });
  await reply(profilesMessage(found));
}

async function people({ ctx, reply }: CommandCall): Promise<void> {
  await reply(peopleMessage(await listAccountConflicts(ctx)));
}

async function request({ ctx, client, triggerId, reply }: CommandCall): Promise<void> {
  const me = { id: ctx.actor.personId, name: ctx.actor.name };
  if (triggerId) return openModal(client, triggerId, async () => requestView({ me }));
  await reply(openerMessage('What do you need?', 'Request access', ids.requestOpen));
}

async function requests({ ctx, reply }: CommandCall): Promise<void> {
  await reply(requestsMessage(await listMyRequests(ctx, 8)));
}

async function revoke({ client, triggerId, reply }: CommandCall): Promise<void> {
  if (triggerId) return openModal(client, triggerId, async () => revokeView({}));
  await reply(openerMessage('Whose access should go?', 'Revoke access', ids.revokeOpen));
}

async function notifications({ ctx, client, triggerId, reply }: CommandCall): Promise<void> {
  if (triggerId) return openModal(client, triggerId, () => preferencesForm(ctx));
  await reply(openerMessage('How you are reached:', 'Notifications', ids.preferencesOpen));
}

async function status({ ctx, reply }: CommandCall): Promise<void> {
  const now = await loadStatus(ctx);
  const lines = [
    `${formatCount(now.people, 'active person', 'active people')}, ${formatCount(now.applications, 'application')}, ${formatCount(now.entitlements, 'entitlement')}, ${formatCount(now.grants, 'grant')}`,
    now.lastSync
      ? `Last import ${when(now.lastSync.at)} (${say(now.lastSync.connector)})`
      : 'Nothing has been imported yet: run `rolemine import csv DIR`',
    now.lastRun
      ? `Last analysis ${when(now.lastRun.at)}, ${formatCount(now.lastRun.waiting, 'suggestion')} to decide about`
      : 'No analysis has run yet',
    `${formatCount(now.openTasks, 'open task')}`,
    `${formatCount(now.undelivered.waiting, 'message')} on the way, ${now.undelivered.failed} that could not be delivered`,
  ];
  await reply({
    text: `Rolemine knows ${lines[0]}.`,
    blocks: [section(lines.map((line) => `• ${line}`).join('\n'))],
  });
}
