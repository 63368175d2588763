import { LIMITS } from '../../slack/limits.ts';
import { type Dict, dictAt, stringAt } from '../dict.ts';
import { listElements, readValue } from './state.ts';

/**
 * Finds missing and invalid inputs of a modal, in the words of Slack's client, before it is
 * submitted.
 */
export function findInputProblems(blocks: Dict[], values: Dict): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const { block, element } of listElements(blocks)) {
    if (block.type !== 'input') continue;
    const state = dictAt(dictAt(values, String(block.block_id)), String(element.action_id));
    const problem = findInputProblem(block, element, state);
    if (problem) problems[String(block.block_id)] = problem;
  }
  return problems;
}

function findInputProblem(block: Dict, element: Dict, state: Dict): string | undefined {
  const value = readValue(element, state);
  if (value === undefined) {
    return block.optional === true ? undefined : 'Please complete this required field.';
  }
  if (element.type === 'plain_text_input') return findLengthProblem(element, String(value));
  if (element.type === 'number_input') return findNumberProblem(element, Number(value));
  if (element.type === 'email_text_input' && !/^\S+@\S+\.\S+$/.test(String(value))) {
    return 'Please enter a valid email address.';
  }
  return undefined;
}

function findLengthProblem(element: Dict, value: string): string | undefined {
  const min = Number(stringAt(element, 'min_length') ?? 0);
  const max = Number(stringAt(element, 'max_length') ?? LIMITS.text);
  if (value.length < min) return `Please enter at least ${min} characters.`;
  if (value.length > max) return `Please enter at most ${max} characters.`;
  return undefined;
}

function findNumberProblem(element: Dict, value: number): string | undefined {
  if (Number.isNaN(value)) return 'Please enter a number.';
  if (element.is_decimal_allowed !== true && !Number.isInteger(value))
    return 'Please enter a whole number.';
  const min = stringAt(element, 'min_value');
  const max = stringAt(element, 'max_value');
  if (min !== undefined && value < Number(min)) return `Please enter ${min} or more.`;
  if (max !== undefined && value > Number(max)) return `Please enter ${max} or less.`;
  return undefined;
}
