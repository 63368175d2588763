import type { KnownBlock, ModalView } from '@slack/web-api';
import { ids } from '../../ids.ts';
import { clampPlainText } from '../../limits.ts';
import { dimensionOption, dimensionSearchId } from '../../state/mining.ts';
import { context, option, plainText } from '../kit/elements.ts';
import { inputBlock, searchField } from '../kit/fields.ts';

export const wholeOrganization = '*';

/** A form for a custom analysis: the whole organization, or an attribute and one of its values. */
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
  const whole = option('The whole organization', dimensionOption.encode(wholeOrganization));
  const { chosen } = form;
  const value: KnownBlock[] = chosen
    ? [
        searchField(
          `value.${chosen.dimension}`.slice(0, 255),
          clampPlainText(`Which ${chosen.label}?`, 75),
          {
            actionId: dimensionSearchId.encode(chosen.dimension),
            placeholder: 'Search',
          },
        ),
      ]
    : [
        context(
          'The whole organization is analyzed in the background. You get a message when it is done.',
        ),
      ];
  return {
    type: 'modal',
    callback_id: ids.analysisSubmit,
    title: plainText('Analyze', 24),
    submit: plainText('Analyze', 24),
    close: plainText('Cancel', 24),
    blocks: [
      inputBlock(
        'dimension',
        'Analyze by',
        {
          type: 'static_select',
          action_id: ids.analysisDimension,
          options: [whole, ...dimensions],
          initial_option: chosen
            ? option(chosen.label, dimensionOption.encode(chosen.dimension))
            : whole,
        },
        { dispatches: true },
      ),
      ...value,
    ],
  };
}
