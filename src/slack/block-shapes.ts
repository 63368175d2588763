import {
  anyText,
  CHOICES,
  ELEMENTS,
  image,
  label,
  pick,
  plainTextShape,
  type,
  url,
} from './element-shapes.ts';
import { LIMITS } from './limit-table.ts';
import {
  addProblem,
  type BlockSurface,
  byType,
  flag,
  isRecord,
  list,
  number,
  object,
  oneOf,
  type ShapeCheck,
  type ShapeFields,
  type ShapeRule,
  shownText,
  string,
} from './shape.ts';

const richStyle = object({
  bold: flag,
  italic: flag,
  strike: flag,
  code: flag,
  underline: flag,
  highlight: flag,
  client_highlight: flag,
  unlink: flag,
});
const inline = (fields: ShapeFields) => object({ 'type!': type, style: richStyle, ...fields });
const INLINE = byType({
  text: inline({ 'text!': shownText(LIMITS.text) }),
  link: inline({ 'url!': url, text: shownText(LIMITS.text), unsafe: flag }),
  user: inline({ 'user_id!': label }),
  usergroup: inline({ 'usergroup_id!': label }),
  channel: inline({ 'channel_id!': label }),
  team: inline({ 'team_id!': label }),
  emoji: inline({ 'name!': label, unicode: label, url }),
  date: inline({
    'timestamp!': number(),
    'format!': shownText(300),
    url,
    fallback: shownText(300),
  }),
  broadcast: inline({ 'range!': oneOf('here', 'channel', 'everyone') }),
  color: inline({ 'value!': label }),
});
const richSection: ShapeFields = { 'type!': type, 'elements!': list(INLINE, 500, 0) };
const richPart = byType({
  rich_text_section: object(richSection),
  rich_text_quote: object({ ...richSection, border: number(0, 1) }),
  rich_text_preformatted: object({ ...richSection, border: number(0, 1), language: label }),
  rich_text_list: object({
    'type!': type,
    'style!': oneOf('bullet', 'ordered'),
    indent: number(0, 8),
    offset: number(0),
    border: number(0, 1),
    'elements!': list(byType({ rich_text_section: object(richSection) }), 500),
  }),
});

const block = (fields: ShapeFields, extra?: ShapeRule): ShapeRule =>
  object({ 'type!': type, block_id: string(LIMITS.id, 1), ...fields }, extra);
const richText = block({ 'elements!': list(richPart, 100) });
const CELLS = byType({
  raw_text: object({ 'type!': type, 'text!': shownText(LIMITS.text, 0) }),
  raw_number: object({ 'type!': type, 'value!': number(), 'text!': shownText(LIMITS.text, 0) }),
  rich_text: richText,
});
/** Rows of cells. The characters of all cells together have a limit of their own. */
const rows =
  (maxRows: number, minRows: number, maxCharacters: number): ShapeRule =>
  (value, at, found) => {
    const before = found.counted;
    list(list(CELLS, 20), maxRows, minRows)(value, at, found);
    if (found.counted - before > maxCharacters)
      addProblem(found, at, `must be no more than ${maxCharacters} characters over all cells`);
  };
const allowOnlyOn =
  (surface: BlockSurface, rule: ShapeRule): ShapeRule =>
  (value, at, found) => {
    if (found.surface !== surface)
      addProblem(found, `${at}/type`, `is allowed in a ${surface} only`);
    rule(value, at, found);
  };

const point = object({ 'label!': shownText(20), 'value!': number() });
const series = object({ 'name!': shownText(20), 'data!': list(point, 20) });
/** Each series has its own name, and one value for each category in the same order. */
const matchingSeries: ShapeRule = (chart, at, found) => {
  if (!isRecord(chart) || !Array.isArray(chart.series) || !isRecord(chart.axis_config)) return;
  const names = chart.series.map((entry) => (isRecord(entry) ? entry.name : undefined));
  if (new Set(names).size < names.length) addProblem(found, `${at}/series`, 'names must be unique');
  const categories = JSON.stringify(chart.axis_config.categories);
  chart.series.forEach((entry, index) => {
    const data: unknown[] = isRecord(entry) && Array.isArray(entry.data) ? entry.data : [];
    const labels = data.map((value) => (isRecord(value) ? value.label : undefined));
    if (JSON.stringify(labels) !== categories)
      addProblem(found, `${at}/series/${index}/data`, 'labels must match categories');
  });
};
const axes = object({
  'categories!': list(shownText(20), 20),
  x_label: shownText(50),
  y_label: shownText(50),
});
const seriesChart = object(
  { 'type!': type, 'series!': list(series, 6), 'axis_config!': axes },
  matchingSeries,
);
const chart = byType({
  pie: object({ 'type!': type, 'segments!': list(point, 6) }),
  bar: seriesChart,
  line: seriesChart,
  area: seriesChart,
});

const uniqueActionIds: ShapeRule = (value, at, found) => {
  const elements = isRecord(value) && Array.isArray(value.elements) ? value.elements : [];
  const ids = elements.flatMap((element) =>
    isRecord(element) && element.action_id ? [element.action_id] : [],
  );
  if (new Set(ids).size < ids.length)
    addProblem(found, `${at}/elements`, 'action_id must be unique');
};
const textOrFields: ShapeRule = (value, at, found) => {
  if (isRecord(value) && value.text === undefined && value.fields === undefined)
    addProblem(found, at, 'missing required field: text or fields');
};
const countThen =
  (
    count: (found: ShapeCheck, value: Record<string, unknown>) => void,
    rule: ShapeRule,
  ): ShapeRule =>
  (value, at, found) => {
    if (isRecord(value)) count(found, value);
    rule(value, at, found);
  };

/** Any block that the checked surface allows. */
export const BLOCK = byType({
  section: block(
    {
      text: anyText(LIMITS.text),
      fields: list(anyText(LIMITS.field), 10),
      expand: flag,
      accessory: (value, at, found) => SECTION_ACCESSORY(value, at, found),
    },
    textOrFields,
  ),
  header: countThen(
    (found) => {
      found.counted += LIMITS.headerOverhead;
    },
    block({ 'text!': plainTextShape(LIMITS.header), level: number(1, 4) }),
  ),
  divider: block({}),
  context: block({
    'elements!': list(
      byType({
        image: object(image),
        plain_text: plainTextShape(LIMITS.text),
        mrkdwn: anyText(LIMITS.text),
      }),
      10,
    ),
  }),
  actions: block(
    {
      'elements!': list(
        pick(
          ELEMENTS,
          'button',
          'overflow',
          'datetimepicker',
          'workflow_button',
          'rich_text_input',
          ...CHOICES,
        ),
        25,
      ),
    },
    uniqueActionIds,
  ),
  input: countThen(
    (found) => {
      found.hasInput = true;
    },
    block({
      'label!': plainTextShape(LIMITS.label),
      hint: plainTextShape(LIMITS.label),
      optional: flag,
      dispatch_action: flag,
      'element!': pick(
        ELEMENTS,
        'plain_text_input',
        'number_input',
        'email_text_input',
        'url_text_input',
        'rich_text_input',
        'file_input',
        'datetimepicker',
        ...CHOICES,
      ),
    }),
  ),
  image: block({ ...image, title: plainTextShape(2_000) }),
  markdown: countThen(
    (found, value) => {
      found.markdown += String(value.text).length;
    },
    block({ 'text!': shownText(LIMITS.markdownCharacters) }),
  ),
  rich_text: richText,
  table: countThen(
    (found) => {
      found.tables += 1;
    },
    allowOnlyOn(
      'message',
      block({
        'rows!': rows(100, 1, LIMITS.tableCharacters),
        column_settings: list(
          object({ align: oneOf('left', 'center', 'right'), is_wrapped: flag }),
          20,
        ),
      }),
    ),
  ),
  data_table: countThen(
    (found) => {
      found.tables += 1;
    },
    allowOnlyOn(
      'message',
      block({
        'rows!': rows(101, 2, LIMITS.dataTableCharacters),
        'caption!': shownText(LIMITS.text),
        page_size: number(1, 100),
        row_header_column_index: number(0, 19),
      }),
    ),
  ),
  data_visualization: countThen(
    (found) => {
      found.charts += 1;
    },
    allowOnlyOn('message', block({ 'title!': shownText(50), 'chart!': chart })),
  ),
  alert: allowOnlyOn(
    'modal',
    block({
      'text!': anyText(200),
      level: oneOf('default', 'info', 'warning', 'error', 'success'),
    }),
  ),
});
const SECTION_ACCESSORY = byType({
  ...Object.fromEntries(
    ['button', 'overflow', 'workflow_button', ...CHOICES].map((name) => [
      name,
      ELEMENTS[name as 'button'],
    ]),
  ),
  image: object(image),
});
