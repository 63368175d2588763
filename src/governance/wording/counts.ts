/** At most two decimals, and 100 only where nothing is wrong. */
export function formatPercent(value: number): string {
  const shown = value < 100 ? Math.min(99.99, Number(value.toFixed(2))) : 100;
  return `${shown} %`;
}

export function formatPeople(number: number): string {
  return formatCount(number, 'person', 'people');
}

export function formatCount(number: number, one: string, many = `${one}s`): string {
  return `${formatNumber(number)} ${number === 1 ? one : many}`;
}

export function formatNumber(number: number): string {
  return number.toLocaleString('en');
}
