/** "97.25 %": at most two decimals. Only exactly 100 is shown as 100. */
export function formatPercent(value: number): string {
  const shown = value < 100 ? Math.min(99.99, Number(value.toFixed(2))) : 100;
  return `${shown} %`;
}

/** "1 person", "1,200 people" */
export function formatPeople(number: number): string {
  return formatCount(number, 'person', 'people');
}

/** "1 task", "1,200 tasks" */
export function formatCount(number: number, one: string, many = `${one}s`): string {
  return `${formatNumber(number)} ${number === 1 ? one : many}`;
}

/** "1,200" */
export function formatNumber(number: number): string {
  return number.toLocaleString('en');
}
