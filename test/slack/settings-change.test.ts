import type { ViewOutput } from '@slack/bolt';
import { expect, test } from 'vitest';
import { defaultMiningOptions } from '../../src/mining/options.ts';
import { readChange } from '../../src/slack/actions/mining/settings-change.ts';
import { settingsView } from '../../src/slack/blocks/mining/settings.ts';
import { checkView } from '../../src/slack/limits.ts';

const dimensions = ['department', 'location'].map((one) => ({ dimension: one, label: one }));

function formOf(excluded: number) {
  const ids = Array.from({ length: excluded }, (_, at) => at + 1);
  const all = ids.map((id) => ({ id, label: `GitHub · Right ${id}` }));
  return { settings: {}, defaults: defaultMiningOptions, excluded: all };
}

/** The form as Slack sends it back, with the choices of a person. */
function submitted(form: ReturnType<typeof formOf>, chosen: Record<string, string[]>) {
  const { blocks } = settingsView(form, dimensions, undefined);
  const values = Object.entries(chosen).map(([field, list]) => {
    const options = list.map((value) => ({ value }));
    return [field, { [field]: { type: 'select', selected_options: options } }];
  });
  return { blocks, state: { values: Object.fromEntries(values) } } as unknown as ViewOutput;
}

test('of 120 excluded entitlements the form shows 100, and saving keeps the others excluded', () => {
  const form = formOf(120);
  expect(checkView(settingsView(form, dimensions, undefined))).toEqual([]);
  const left = form.excluded.slice(1, 100).map(({ id }) => String(id));
  const { excludedIds } = readChange(submitted(form, { excluded: [...left, '500'] }), form);
  expect(excludedIds).toHaveLength(120);
  expect(excludedIds).toEqual(expect.arrayContaining([2, 100, 101, 120, 500]));
  expect(excludedIds).not.toContain(1);
});

test('entitlements excluded while the form was open stay excluded', () => {
  const view = submitted(formOf(2), { excluded: ['1', '2'] });
  expect(readChange(view, formOf(3)).excludedIds).toEqual([1, 2, 3]);
});

test('choosing all attributes stores none, so that a new one counts, too', () => {
  const form = formOf(0);
  const choose = (...names: string[]) =>
    readChange(submitted(form, { dimensions: names }), form).settings.dimensions;
  expect(choose('department', 'location')).toBeUndefined();
  expect(choose('location')).toEqual(['location']);
});
