/** Letters that look alike, by the letter that stands for them. `i` stands with `l`, as `I` and `l` look the same. */
const lookalikes = {
  a: 'аАαΑɑᎪ',
  b: 'вВЬьβΒᏴ',
  c: 'сСϲᏟ',
  d: 'ԁᎠđĐ',
  e: 'еЕεΕєЄᎬ',
  g: 'ɡᏀ',
  h: 'һҺНнΗհᎻ',
  j: 'јЈᎫ',
  k: 'кКκΚᏦ',
  l: 'iI1|іІΙιıӀłŁ',
  m: 'мМΜᎷ',
  n: 'ոΝ',
  o: '0оОοΟօՕøØ',
  p: 'рРρΡᏢ',
  q: 'ԛԚ',
  r: 'гᎡ',
  s: 'ѕЅՏᏚ',
  t: 'тТτΤᎢ',
  u: 'υսՍ',
  v: 'ν',
  w: 'ԝԜωᎳ',
  x: 'хХχΧ',
  y: 'уУүҮΥ',
  z: 'ΖᏃ',
};

/** Characters that a name loses: marks on letters, blanks, punctuation and what is invisible. */
const dropped: readonly (readonly [first: number, last: number])[] = [
  [0x20, 0x20],
  [0x22, 0x22],
  [0x27, 0x29],
  [0x2c, 0x2e],
  [0x5f, 0x60],
  [0xad, 0xad],
  [0xb7, 0xb7],
  [0x300, 0x36f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180e],
  [0x200b, 0x200f],
  [0x2018, 0x201f],
  [0x202a, 0x202e],
  [0x2060, 0x2069],
  [0x2800, 0x2800],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
];

/**
 * The SQL expression of a name as it looks: two names with the same key are easily taken for one another. It is
 * indexed, so that namesakes are found fast. Based on the skeletons of Unicode Technical Standard 39, with the letters
 * that occur in names.
 */
export function toNameKey(column: string): string {
  const pairs = Object.entries(lookalikes).flatMap(([letter, list]) =>
    [...list].map((one) => [one, letter] as const),
  );
  const gone = dropped.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, at) => String.fromCodePoint(first + at)),
  );
  const from = [...pairs.map(([one]) => one), ...gone].map(escapeLetter).join('');
  const to = pairs.map(([, letter]) => letter).join('');
  return `replace(replace(lower(translate(normalize(${column}, NFKD), E'${from}', '${to}')), 'rn', 'm'), 'vv', 'w')`;
}

function escapeLetter(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  const isPlain = code > 0x20 && code < 0x7f && letter !== "'" && letter !== '\\';
  return isPlain ? letter : `\\u${code.toString(16).padStart(4, '0')}`;
}
