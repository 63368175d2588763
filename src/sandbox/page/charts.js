import { freshId, h, s } from './dom.js';

/** @typedef {import('./dom.js').Json} Json */

const WIDTH = 520;
const HEIGHT = 230;
const LEFT = 44;
const BOTTOM = 30;
const TOP = 10;

/** @param {number} index */
const color = (index) => `var(--chart-${(index % 6) + 1})`;
/** @param {number} value */
const round = (value) => Math.round(value * 100) / 100;

/** The next round number at or above the largest value. @param {number} value */
function niceTop(value) {
  const step = 10 ** Math.floor(Math.log10(value || 1));
  return [1, 2, 2.5, 5, 10].map((factor) => factor * step).find((top) => top >= value) ?? value;
}

/** @param {Json} chart */
function pie(chart) {
  const total =
    chart.segments.reduce(
      (/** @type {number} */ sum, /** @type {Json} */ one) => sum + one.value,
      0,
    ) || 1;
  const length = 2 * Math.PI * 70;
  let start = 0;
  return chart.segments.map((/** @type {Json} */ segment, /** @type {number} */ index) => {
    const share = segment.value / total;
    const arc = s('circle', {
      cx: 130,
      cy: HEIGHT / 2,
      r: 70,
      fill: 'none',
      stroke: color(index),
      'stroke-width': 44,
      'stroke-dasharray': `${Math.max(0, share * length - 1.5)} ${length}`,
      'stroke-dashoffset': -start * length,
      transform: `rotate(-90 130 ${HEIGHT / 2})`,
    });
    start += share;
    const y = HEIGHT / 2 - chart.segments.length * 13 + index * 26 + 13;
    return s(
      'g',
      {},
      arc,
      s('rect', { x: 265, y: y - 10, width: 12, height: 12, rx: 3, fill: color(index) }),
      s('text', { x: 285, y }, `${segment.label}  ${segment.value} (${Math.round(share * 100)} %)`),
    );
  });
}

/** Draws grid lines and the labels of both axes. @param {string[]} categories @param {number} top @param {(value: number) => number} y @param {number} band */
function frame(categories, top, y, band) {
  const lines = [0, 0.25, 0.5, 0.75, 1].map((part) =>
    s(
      'g',
      {},
      s('line', { x1: LEFT, x2: WIDTH, y1: y(part * top), y2: y(part * top), class: 'grid' }),
      s(
        'text',
        { x: LEFT - 8, y: y(part * top) + 4, 'text-anchor': 'end' },
        String(round(part * top)),
      ),
    ),
  );
  const every = Math.ceil(categories.length / 10);
  const room = Math.max(4, Math.floor((band * every) / 6.4));
  const labels = categories.map(
    (name, index) =>
      index % every === 0 &&
      s(
        'text',
        { x: LEFT + band * (index + 0.5), y: HEIGHT - BOTTOM + 18, 'text-anchor': 'middle' },
        name.length > room ? `${name.slice(0, room - 1)}…` : name,
      ),
  );
  return [...lines, ...labels];
}

/** @param {Json} chart */
function plot(chart) {
  /** @type {string[]} */
  const categories = chart.axis_config.categories;
  const values = chart.series.flatMap((/** @type {Json} */ one) =>
    one.data.map((/** @type {Json} */ point) => point.value),
  );
  const top = niceTop(Math.max(...values, 0));
  const band = (WIDTH - LEFT) / categories.length;
  /** @param {number} value */
  const y = (value) => TOP + (HEIGHT - BOTTOM - TOP) * (1 - value / top);
  const marks = chart.series.map((/** @type {Json} */ series, /** @type {number} */ index) => {
    if (chart.type === 'bar') {
      const width = Math.min(46, (band * 0.7) / chart.series.length);
      return series.data.map((/** @type {Json} */ point, /** @type {number} */ at) =>
        s(
          'rect',
          {
            x: LEFT + band * (at + 0.5) + (index - chart.series.length / 2) * width + 1,
            y: y(Math.max(0, point.value)),
            width: width - 2,
            height: Math.max(1, y(0) - y(Math.max(0, point.value))),
            rx: 3,
            fill: color(index),
          },
          s('title', {}, `${series.name}, ${point.label}: ${point.value}`),
        ),
      );
    }
    const points = series.data.map(
      (/** @type {Json} */ point, /** @type {number} */ at) =>
        `${LEFT + band * (at + 0.5)},${y(point.value)}`,
    );
    const base = `${LEFT + band * (series.data.length - 0.5)},${y(0)} ${LEFT + band * 0.5},${y(0)}`;
    return [
      chart.type === 'area' &&
        s('polygon', { points: `${points.join(' ')} ${base}`, fill: color(index), opacity: 0.25 }),
      s('polyline', {
        points: points.join(' '),
        fill: 'none',
        stroke: color(index),
        'stroke-width': 2.5,
      }),
    ];
  });
  return [...frame(categories, top, y, band), ...marks.flat()];
}

/** @param {Json} chart @param {string} title */
function asTable(chart, title) {
  const series = chart.series ?? [{ name: 'Value', data: chart.segments }];
  const labels = series[0].data.map((/** @type {Json} */ point) => point.label);
  const head = h(
    'tr',
    {},
    h('td'),
    series.map((/** @type {Json} */ one) => h('th', { scope: 'col' }, one.name)),
  );
  const rows = labels.map((/** @type {string} */ label, /** @type {number} */ index) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, label),
      series.map((/** @type {Json} */ one) =>
        h('td', { class: 'right' }, String(one.data[index]?.value ?? '')),
      ),
    ),
  );
  return h(
    'table',
    {},
    h('caption', { class: 'unseen' }, title),
    h('thead', {}, head),
    h('tbody', {}, rows),
  );
}

/** A chart as a picture, with its numbers as a table. @param {Json} block @returns {HTMLElement} */
export function dataVisualization({ title, chart }) {
  const id = freshId();
  const isPie = chart.type === 'pie';
  const picture = s(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img', 'aria-labelledby': id },
    ...(isPie ? pie(chart) : plot(chart)),
  );
  const legend =
    !isPie &&
    chart.series.length > 1 &&
    h(
      'ul',
      { class: 'legend' },
      chart.series.map((/** @type {Json} */ one, /** @type {number} */ index) =>
        h('li', {}, h('span', { class: 'swatch', style: `background:${color(index)}` }), one.name),
      ),
    );
  const { x_label: x, y_label: y } = chart.axis_config ?? {};
  return h(
    'figure',
    { class: 'chart' },
    h('figcaption', { id }, title),
    y && h('div', { class: 'axis' }, y),
    picture,
    x && h('div', { class: 'axis middle' }, x),
    legend,
    h('details', {}, h('summary', {}, 'Show as table'), asTable(chart, title)),
  );
}
