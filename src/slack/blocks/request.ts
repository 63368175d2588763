import type { KnownBlock, ModalView, PlainTextOption } from '@slack/web-api';
import { ids } from '../ids.ts';
import { LIMITS } from '../limits.ts';
import { actions, button, context, option, plainText, section } from './elements.ts';
import type { SlackMessage } from './task.ts';

/** Asks for access. Choosing an application narrows the entitlements to it. */
export function requestView(form: {
  application?: { id: number; name: string } | undefined;
  me: { id: number; name: string };
}): ModalView {
  const me: PlainTextOption = option(form.me.name, String(form.me.id));
  const scope = form.application
    ? `${ids.requestEntitlement}.${form.application.id}`
    : ids.requestEntitlement;
  return {
    type: 'modal',
    callback_id: ids.requestSubmit,
    title: plainText('Request access', 24),
    submit: plainText('Request access', 24),
    close: plainText('Cancel', 24),
    blocks: [
      {
        type: 'input',
        block_id: 'application',
        optional: true,
        dispatch_action: true,
        label: plainText('Application', 75),
        element: {
          type: 'external_select',
          action_id: ids.requestApp,
          min_query_length: 0,
          placeholder: plainText('All applications', 75),
        },
      },
      {
        type: 'input',
        block_id: `entitlement.${form.application?.id ?? 'any'}`,
        label: plainText('Entitlement', 75),
        element: {
          type: 'external_select',
          action_id: scope,
          min_query_length: 0,
          placeholder: plainText('Search, for example: github admin', 75),
        },
      },
      {
        type: 'input',
        block_id: 'person',
        label: plainText('For whom', 75),
        element: {
          type: 'external_select',
          action_id: `${ids.personSearch}.request`,
          min_query_length: 0,
          initial_option: me,
        },
      },
      {
        type: 'input',
        block_id: 'reason',
        label: plainText('Reason', 75),
        hint: plainText('What it is needed for. The approver reads it.', 150),
        element: {
          type: 'plain_text_input',
          action_id: 'reason',
          multiline: true,
          max_length: 1_000,
        },
      },
    ],
  };
}

/** Where no modal can open (a direct message), a button opens it. */
export function openerMessage(text: string, label: string, actionId: string): SlackMessage {
  return {
    text,
    blocks: [
      section(text),
      actions('opener', [button(label, actionId, 'open', { style: 'primary' })]),
    ],
  };
}

/** A custom analysis: an attribute, one of its values, or the whole organisation. */
export function analysisView(form: {
  dimensions: { dimension: string; label: string }[];
  chosen?:
    | {
        dimension: string;
        label: string;
        values: { value: string; label: string; people: number }[];
      }
    | undefined;
}): ModalView {
  const dimensions = form.dimensions
    .filter(({ dimension }) => dimension !== '' && dimension.length <= LIMITS.optionValue)
    .slice(0, 99)
    .map(({ dimension, label }) => option(label, dimension));
  const whole = option('The whole organisation', wholeOrganisation);
  const { chosen } = form;
  const value: KnownBlock[] = chosen
    ? [
        {
          type: 'input',
          block_id: `value.${chosen.dimension}`.slice(0, 255),
          label: plainText(`Which ${chosen.label}?`, 75),
          element: {
            type: 'external_select',
            action_id: `${ids.analysisValue}.${chosen.dimension}`.slice(0, 255),
            min_query_length: 0,
            placeholder: plainText('Search', 75),
          },
        },
      ]
    : [
        context(
          'The whole organisation is analysed in the background; you are told when it is done.',
        ),
      ];
  return {
    type: 'modal',
    callback_id: ids.analysisSubmit,
    title: plainText('Analyze', 24),
    submit: plainText('Analyze', 24),
    close: plainText('Cancel', 24),
    blocks: [
      {
        type: 'input',
        block_id: 'dimension',
        dispatch_action: true,
        label: plainText('Whose access?', 75),
        element: {
          type: 'static_select',
          action_id: ids.analysisDimension,
          options: [whole, ...dimensions],
          initial_option: chosen ? option(chosen.label, chosen.dimension) : whole,
        },
      },
      ...value,
    ],
  };
}

export const wholeOrganisation = '*';

/** A sentence where there is room for nothing else: a refusal, a confirmation. */
export function sentenceView(title: string, sentence: string): ModalView {
  return {
    type: 'modal',
    title: plainText(title, 24),
    close: plainText('Close', 24),
    blocks: [section(sentence)],
  };
}
