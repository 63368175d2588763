import type { ModalView } from '@slack/web-api';
import { countDimensionValues } from '../../../governance/cohorts/cohorts.ts';
import type { ActorCtx } from '../../../governance/context.ts';
import type { MiningSettingsForm } from '../../../governance/role-mining/settings.ts';
import { containsSearchWords } from '../../../text.ts';
import { option } from '../../blocks/kit/elements.ts';
import { analysisView, wholeOrganization } from '../../blocks/mining/analysis-form.ts';
import { settingsView } from '../../blocks/mining/settings.ts';
import { clampPlainText, LIMITS } from '../../limits.ts';
import { dimensionValueOption } from '../../state/mining.ts';

/** Draws the form of a custom analysis, with the values of the chosen attribute. */
export async function analysisForm(
  ctx: ActorCtx,
  dimension: string | undefined,
): Promise<ModalView> {
  const dimensions = (await countDimensionValues(ctx)).filter((one) => one.values.length > 0);
  const chosen =
    dimension === wholeOrganization
      ? undefined
      : dimensions.find((one) => one.dimension === dimension);
  return analysisView({ dimensions, chosen });
}

/** Finds values of a dimension for a search field, the largest first. */
export async function suggestValues(ctx: ActorCtx, dimension: string, query: string) {
  const all = await countDimensionValues(ctx);
  return (all.find((one) => one.dimension === dimension)?.values ?? [])
    .filter(
      ({ label, value }) => dimensionValueOption.fits(value) && containsSearchWords(label, query),
    )
    .slice(0, LIMITS.options)
    .map(({ label, value, people }) =>
      option(
        `${clampPlainText(label, 55)} (${people === 1 ? '1 person' : `${people} people`})`,
        dimensionValueOption.encode(value),
      ),
    );
}

/** Draws the form of the thresholds, saved or edited ones. */
export async function settingsForm(
  ctx: ActorCtx,
  form: MiningSettingsForm,
  preview?: string,
): Promise<ModalView> {
  const dimensions = (await countDimensionValues(ctx)).map(({ dimension, label }) => ({
    dimension,
    label,
  }));
  return settingsView(form, dimensions, preview);
}
