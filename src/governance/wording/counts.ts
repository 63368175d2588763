/** At most two decimals, and 100 only where nothing is wrong. */
export function percent(value: number): string {
  const shown = value < 100 ? Math.min(99.99, Number(value.toFixed(2))) : 100;
  return `${shown} %`;
}

export function people(number: number): string {
  return count(number, 'person', 'people');
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${format(number)} ${number === 1 ? one : many}`;
}

export function format(number: number): string {
  return number.toLocaleString('en');
}
