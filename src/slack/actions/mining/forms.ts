import type { ModalView } from '@slack/web-api';
import { countDimensionValues } from '../../../governance/cohorts/cohorts.ts';
import type { ActorCtx } from '../../../governance/context.ts';
import type { MiningSettingsForm } from '../../../governance/role-mining/settings.ts';
import { option } from '../../blocks/kit/elements.ts';
import { analysisView, wholeOrganization } from '../../blocks/mining/analysis-form.ts';
import { settingsView } from '../../blocks/mining/settings.ts';
import { LIMITS, plain } from '../../limits.ts';
import { dimensionValueOption } from '../../state/mining.ts';

/** The form of a custom analysis, with the values of the chosen attribute. */
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

/** Values of a dimension for a search field, most people first. */
export async function suggestValues(ctx: ActorCtx, dimension: string, query: string) {
  const all = await countDimensionValues(ctx);
  const words = query.trim().toLowerCase();
  return (all.find((one) => one.dimension === dimension)?.values ?? [])
    .filter(
      ({ label, value }) => dimensionValueOption.fits(value) && label.toLowerCase().includes(words),
    )
    .slice(0, LIMITS.options)
    .map(({ label, value, people }) =>
      option(
        `${plain(label, 55)} (${people === 1 ? '1 person' : `${people} people`})`,
        dimensionValueOption.encode(value),
      ),
    );
}

/** The thresholds as they are, or as they are being changed. */
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
