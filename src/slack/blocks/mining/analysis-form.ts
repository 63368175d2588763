import type { KnownBlock, ModalView } from '@slack/web-api';
import { ids } from '../../ids.ts';
import { dimensionOption, dimensionSearchId } from '../../state/mining.ts';
import { context, option, plainText } from '../kit/elements.ts';

export const wholeOrganization = '*';

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
    .filter(({ dimension }) => dimensionOption.fits(dimension))
    .slice(0, 99)
    .map(({ dimension, label }) => option(label, dimensionOption.encode(dimension)));
  const whole = option('The whole organisation', dimensionOption.encode(wholeOrganization));
  const { chosen } = form;
  const value: KnownBlock[] = chosen
    ? [
        {
          type: 'input',
          block_id: `value.${chosen.dimension}`.slice(0, 255),
          label: plainText(`Which ${chosen.label}?`, 75),
          element: {
            type: 'external_select',
            action_id: dimensionSearchId.encode(chosen.dimension),
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
          initial_option: chosen
            ? option(chosen.label, dimensionOption.encode(chosen.dimension))
            : whole,
        },
      },
      ...value,
    ],
  };
}
