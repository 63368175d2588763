/** "1 person", "9,561 people" */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
}

export function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
