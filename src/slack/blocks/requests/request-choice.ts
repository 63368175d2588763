import type { KnownBlock, ModalView } from '@slack/web-api';
import type { AccessLike } from '../../../governance/access/access-like.ts';
import { ids } from '../../ids.ts';
import { idForm, idOption } from '../../state/records.ts';
import { requestFilling } from '../../state/requests.ts';
import {
  actions,
  bold,
  button,
  context,
  escapeText,
  option,
  plainText,
  section,
} from '../kit/elements.ts';
import { inputBlock } from '../kit/fields.ts';
import type { SlackMessage } from '../tasks/task.ts';
import { reasonBlock } from './request-fields.ts';

const maxChoices = 5;
/** Slack takes ten boxes in a group. */
const boxesInGroup = 10;

interface Meant {
  personId: number;
  lastDay: string | undefined;
  entitlements: readonly { id: number; name: string }[];
}

/** Asks which of several entitlements the words mean, or says that none matches. */
export function choiceMessage(
  { personId, lastDay, entitlements }: Meant,
  words: string,
): SlackMessage {
  const shown = entitlements.slice(0, maxChoices);
  const more = entitlements.length - shown.length;
  const found = `${entitlements.length} entitlements match “${escapeText(words)}”. Which do you need?`;
  const text =
    shown.length > 0 ? found : `Nothing that can be requested matches “${escapeText(words)}”.`;
  const fill = (entitlementIds: number[]) =>
    requestFilling.encode({ personId, lastDay, entitlementIds });
  return {
    text,
    blocks: [
      section(text),
      ...shown.map(({ id, name }): KnownBlock => {
        const request = button('Request', `${ids.requestOpen}.${id}`, fill([id]), {
          label: `Request ${name}`,
        });
        return { ...section(bold(name)), accessory: request };
      }),
      ...(more > 0 ? [context(`and ${more} more: add a word, or search in the form.`)] : []),
      actions('request.search', [button('Search', `${ids.requestOpen}.search`, fill([]))]),
    ],
  };
}

/** The access of a colleague: what most peers have is ticked, the rest is not. */
export function requestLikeView({ person, rows, hasHidden }: AccessLike): ModalView {
  const groups = Array.from({ length: Math.ceil(rows.length / boxesInGroup) }, (_, at) =>
    rows.slice(at * boxesInGroup, (at + 1) * boxesInGroup),
  );
  const hidden =
    'Access that few of your peers have is not shown: you may not see all their access.';
  const boxes = groups.map((group, at): KnownBlock => {
    const options = group.map(({ id, label, evidence, isHighRisk }) =>
      option(label, idOption.encode(id), `${isHighRisk ? '⚠ High risk · ' : ''}${evidence}`),
    );
    const ticked = options.filter((_, index) => group[index]?.isUsual);
    const element = {
      type: 'checkboxes' as const,
      action_id: 'boxes',
      options,
      ...(ticked.length > 0 ? { initial_options: ticked } : {}),
    };
    const label = at === 0 ? 'Access to request' : 'More access to request';
    return inputBlock(`like${at}`, label, element, { optional: true });
  });
  return {
    type: 'modal',
    callback_id: ids.requestLikeSubmit,
    private_metadata: idForm.encode(person.id),
    title: plainText('Access like a colleague', 24),
    ...(rows.length > 0 ? { submit: plainText('Request access', 24) } : {}),
    close: plainText('Cancel', 24),
    blocks: [
      section(
        rows.length > 0
          ? `Access of ${bold(person.name)} that you do not have. Ticked is what most of your peers have.`
          : `There is no access of ${bold(person.name)} that you can request and do not have.`,
      ),
      ...boxes,
      ...(hasHidden ? [context(hidden)] : []),
      ...(rows.length > 0 ? [reasonBlock('Why you need it. The approvers see your reason.')] : []),
    ],
  };
}
