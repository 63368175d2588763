import { foldDimension } from '../../mining/matrix/fold-text.ts';
import { completeOptions } from '../../mining/options.ts';
import { OutOfRange } from '../../mining/out-of-range.ts';
import type { ConfigState } from '../../store/config.ts';
import type { MiningSettings } from '../../store/schema/mining.ts';
import { standardDimensions } from '../cohorts/cohorts.ts';
import { type ConfigNow, configKey } from './current-state.ts';
import type { DesiredConfig } from './desired-state.ts';
import type { ConfigNames } from './names.ts';
import { type ConfigMining, thresholdNames } from './schema.ts';

/** Checks the mining section. A setting that is null returns to its default. */
export function checkMining(
  mining: ConfigMining,
  state: ConfigState,
  now: ConfigNow,
  names: ConfigNames,
  desired: DesiredConfig,
): void {
  const settings: MiningSettings = { ...now.mining };
  for (const name of thresholdNames) {
    const value = mining[name];
    if (value === undefined) continue;
    if (value === null) delete settings[name];
    else settings[name] = value;
    try {
      completeOptions({ [name]: value ?? undefined });
    } catch (error) {
      if (!(error instanceof OutOfRange)) throw error;
      names.refuse(['mining', name], `expected ${error.range}, not ${error.value}`);
    }
  }
  if (mining.dimensions) settings.dimensions = mining.dimensions;
  const attributes = [...standardDimensions, ...state.attributes];
  // A stored dimension stays valid after its last value is gone: an import may bring values again.
  const known = new Set([...attributes, ...(now.mining.dimensions ?? [])].map(foldDimension));
  mining.dimensions?.forEach((name, index) => {
    if (known.has(foldDimension(name))) return;
    const message = `people have no attribute of this name; there are: ${attributes.join(', ')}`;
    names.refuse(['mining', 'dimensions', index], message);
  });
  if (mining.dimensions === null) delete settings.dimensions;
  desired.mining = settings;
  if (mining.excludedEntitlements) {
    checkExcluded(mining.excludedEntitlements, now, names, desired);
  }
}

/** Marks the listed entitlements as not for mining, and all others as for mining unless the file says otherwise. */
function checkExcluded(
  list: NonNullable<ConfigMining['excludedEntitlements']>,
  now: ConfigNow,
  names: ConfigNames,
  desired: DesiredConfig,
): void {
  const left = new Set<string>();
  list.forEach((one, index) => {
    const path = ['mining', 'excludedEntitlements', index];
    const application = names.application(one.application, [...path, 'application']);
    const key = configKey(application, one.entitlement);
    const right = desired.entitlements.get(key) ?? now.entitlements.get(key);
    if (!right) names.refuse([...path, 'entitlement'], 'there is no entitlement of this name');
    if (desired.entitlements.get(key)?.mined) {
      names.refuse([...path, 'entitlement'], 'it says mined: true elsewhere in this file');
    }
    left.add(key);
    if (right) markMined(desired, key, right, false);
  });
  for (const [key, right] of now.entitlements) {
    if (!right.mined && !left.has(key)) markMined(desired, key, right, true);
  }
}

function markMined(
  desired: DesiredConfig,
  key: string,
  { application, name }: { application: string; name: string },
  mined: boolean,
): void {
  desired.entitlements.set(key, {
    mined,
    ...(desired.entitlements.get(key) ?? { application, name }),
  });
}
