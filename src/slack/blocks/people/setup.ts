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
  formatTime,
  plainText,
  section,
  sections,
} from '../kit/elements.ts';
import type { SlackMessage } from '../tasks/task.ts';

/** One step on the way, with what there is to do about it. */
interface Step {
  name: string;
  isDone: boolean;
  /** How it stands and, until it is done, what to do. */
  words: string;
  button?: Button;
}

/** How far the workspace is, and what comes next. */
export function setupMessage(setup: Setup, isNew: boolean): SlackMessage {
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
    text: [`${head} ${where}`, ...lines].join('\n'),
    blocks: [
      section(`${bold(head)} ${where}`),
      ...steps.map((step, at) => stepBlock(step, at + 1, step === next)),
      context('Type `/rolemine setup` again at any time: it shows what is left.'),
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
        : 'You. A second one keeps Rolemine open while you are away.',
    button: button('Manage users', `${ids.userList}.setup`, pageButton.encode(0)),
  };
}

function peopleStep({ people, linked }: Setup): Step {
  const isDone = people > 0;
  return {
    name: 'People',
    isDone,
    words: isDone
      ? `${formatCount(people, 'person', 'people')}, ${linked} of them linked to Slack so far${linked < people ? '; the others follow at night, or when they first write here' : ''}.`
      : 'Where Rolemine runs, type `rolemine import csv DIR`, or, with nothing but this workspace to start from, `rolemine import slack`.',
  };
}

function accessStep({ grants, applications }: Setup): Step {
  const isDone = grants > 0;
  return {
    name: 'Access',
    isDone,
    words: isDone
      ? `${formatCount(grants, 'grant')} in ${formatCount(applications, 'application')}.`
      : 'Who holds what: put it into grants.csv and type `rolemine import csv DIR` where Rolemine runs.',
  };
}

function ownerStep({ applications, ownerless }: Setup): Step {
  const isDone = applications > 0 && ownerless === 0;
  if (isDone) return { name: 'Owners', isDone, words: 'Every application has an owner.' };
  if (applications === 0) {
    return {
      name: 'Owners',
      isDone,
      words: 'Follows the access: who decides about each application.',
    };
  }
  return {
    name: 'Owners',
    isDone,
    words: `${formatCount(ownerless, 'application has', 'applications have')} no owner, so Super Admins are asked about ${ownerless === 1 ? 'it' : 'them'}.`,
    button: button('Show applications', ids.setupOwners, 'setup', {
      label: 'Show applications without an owner',
    }),
  };
}

function analysisStep({ grants, lastRun }: Setup): Step {
  const name = 'First analysis';
  if (lastRun) {
    const words = `Last ran ${formatTime(lastRun.at)}; ${formatCount(lastRun.waiting, 'suggestion')} to decide about.`;
    const show = button('Show suggestions', `${ids.suggestionList}.setup`, pageButton.encode(0));
    return { name, isDone: true, words, ...(lastRun.waiting > 0 ? { button: show } : {}) };
  }
  if (grants === 0) return { name, isDone: false, words: 'Follows the first import of access.' };
  return {
    name,
    isDone: false,
    words: 'Finds which access people share, and suggests access profiles.',
    button: button('Analyze', ids.setupAnalyze, 'setup', { style: 'primary' }),
  };
}

/** Applications about which nobody in particular decides. */
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
    title: plainText('Without owner', 24),
    close: plainText('Close', 24),
    blocks: [
      section(
        total === 0
          ? 'Every application has an owner.'
          : `${formatCount(total, 'application has', 'applications have')} no owner. Until then Super Admins are asked.`,
      ),
      ...sections([...lines, ...more]),
      context(
        'Name them under *Applications*, or import applications.csv (`app,owner_email`) by `rolemine import csv DIR`.',
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
