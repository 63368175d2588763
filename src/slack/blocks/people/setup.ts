import type { Button, KnownBlock, ModalView } from '@slack/web-api';
import type { listOwnerlessApplications, Setup } from '../../../governance/people/setup.ts';
import { formatCount } from '../../../governance/wording/counts.ts';
import { ids } from '../../ids.ts';
import { pageButton } from '../../state/records.ts';
import {
  actions,
  bold,
  button,
  context,
  escapeName,
  escapeText,
  formatTime,
  plainText,
  section,
  sections,
} from '../kit/elements.ts';
import type { SlackMessage } from '../tasks/task.ts';

/** One step of the setup. */
interface Step {
  name: string;
  isDone: boolean;
  /** The state of the step and, until it is done, the next action. */
  words: string;
  button?: Button;
}

/** The steps of the setup, and the next one. */
export function setupMessage(
  setup: Setup,
  isNew: boolean,
  warnings: readonly string[] = [],
): SlackMessage {
  const steps = [
    adminStep(setup),
    peopleStep(setup),
    accessStep(setup),
    ownerStep(setup),
    analysisStep(setup),
  ];
  const next = steps.find(({ isDone }) => !isDone);
  const head = isNew
    ? 'You are now the Super Admin of Rolemine.'
    : 'You are a Super Admin of Rolemine.';
  const where = next ? `Next: ${next.name}.` : 'Everything is set up.';
  const lines = steps.map(
    ({ name, isDone, words }) => `${name} (${isDone ? 'done' : 'open'}): ${words}`,
  );
  return {
    text: [`${head} ${where}`, ...lines, ...warnings.map(escapeText)].join('\n'),
    blocks: [
      section(`${bold(head)} ${where}`),
      ...steps.map((step, at) => stepBlock(step, at + 1, step === next)),
      ...warnings.map((warning) => section(`:warning: ${escapeText(warning)}`)),
      context('Type `/rolemine setup` again at any time to see the remaining steps.'),
    ],
  };
}

function stepBlock(
  { name, isDone, words, button }: Step,
  number: number,
  isNext: boolean,
): KnownBlock {
  const mark = isDone ? '✓' : isNext ? '▸' : '○';
  return {
    ...section(`${mark} ${number}. *${name}*\n${words}`),
    ...(button ? { accessory: button } : {}),
  };
}

function adminStep({ otherAdmins }: Setup): Step {
  const others = otherAdmins.slice(0, 3).map(escapeName);
  const more = otherAdmins.length > 3 ? ` and ${otherAdmins.length - 3} more` : '';
  return {
    name: 'Super Admin',
    isDone: true,
    words:
      others.length > 0
        ? `You and ${others.join(', ')}${more}.`
        : 'You. Add a second Super Admin for the time you are away.',
    button: button('Manage users', `${ids.userList}.setup`, pageButton.encode(0)),
  };
}

function peopleStep({ people, linked }: Setup): Step {
  const isDone = people > 0;
  return {
    name: 'People',
    isDone,
    words: isDone
      ? `${formatCount(people, 'person', 'people')}, ${linked} of them linked to Slack so far${linked < people ? '; the others are linked at night, or when they first write to Rolemine' : ''}.`
      : 'On the machine that runs Rolemine, type `rolemine import csv DIR`. To start from this workspace alone, type `rolemine import slack`.',
  };
}

function accessStep({ grants, applications }: Setup): Step {
  const isDone = grants > 0;
  return {
    name: 'Access',
    isDone,
    words: isDone
      ? `${formatCount(grants, 'grant')} in ${formatCount(applications, 'application')}.`
      : 'Put the grants into grants.csv and type `rolemine import csv DIR` on the machine that runs Rolemine.',
  };
}

function ownerStep({ applications, ownerless }: Setup): Step {
  const isDone = applications > 0 && ownerless === 0;
  if (isDone) return { name: 'Owners', isDone, words: 'Every application has an owner.' };
  if (applications === 0) {
    return {
      name: 'Owners',
      isDone,
      words: 'Comes after access: owners approve requests for their applications.',
    };
  }
  return {
    name: 'Owners',
    isDone,
    words: `${formatCount(ownerless, 'application has', 'applications have')} no owner. Super Admins approve ${ownerless === 1 ? 'its' : 'their'} requests.`,
    button: button('Show applications', ids.setupOwners, 'setup', {
      label: 'Show applications without an owner',
    }),
  };
}

function analysisStep({ grants, lastRun }: Setup): Step {
  const name = 'First analysis';
  if (lastRun) {
    const words = `Last run ${formatTime(lastRun.at)}; ${formatCount(lastRun.waiting, 'open suggestion')}.`;
    const show = button('Show suggestions', `${ids.suggestionList}.setup`, pageButton.encode(0));
    return { name, isDone: true, words, ...(lastRun.waiting > 0 ? { button: show } : {}) };
  }
  if (grants === 0)
    return { name, isDone: false, words: 'Comes after the first import of grants.' };
  return {
    name,
    isDone: false,
    words: 'Finds access that people share, and suggests access profiles.',
    button: button('Analyze', ids.setupAnalyze, 'setup', { style: 'primary' }),
  };
}

/** Applications without an owner. */
export function ownerlessView({
  total,
  apps,
}: Awaited<ReturnType<typeof listOwnerlessApplications>>): ModalView {
  const lines = apps.map(
    ({ name, entitlements }) =>
      `• ${escapeName(name)}: ${formatCount(entitlements, 'entitlement')}`,
  );
  const more = total > apps.length ? [`and ${total - apps.length} more`] : [];
  return {
    type: 'modal',
    title: plainText('Missing owners', 24),
    close: plainText('Close', 24),
    blocks: [
      section(
        total === 0
          ? 'Every application has an owner.'
          : `${formatCount(total, 'application has', 'applications have')} no owner. Super Admins approve ${total === 1 ? 'its' : 'their'} requests.`,
      ),
      ...sections([...lines, ...more]),
      context(
        'Set owners under *Applications*, or import applications.csv (`app,owner_email`) with `rolemine import csv DIR`.',
      ),
      ...(total === 0
        ? []
        : [
            actions('setup.owners', [
              button('Applications', `${ids.appList}.setup`, pageButton.encode(0)),
            ]),
          ]),
    ],
  };
}
