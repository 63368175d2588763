import { LIMITS } from './limit-table.ts';
import {
  flag,
  isRecord,
  list,
  matchingText,
  number,
  object,
  oneOf,
  type Rule,
  refuse,
  type ShapeFields,
  string,
  typed,
  words,
} from './shape.ts';

export const type: Rule = () => undefined; // already read by `typed`
const anything: Rule = () => undefined;
export const url = string(3_000, 1);
export const plainTextShape = (max: number) =>
  typed({ plain_text: object({ 'type!': type, 'text!': words(max), emoji: flag }) });
export const anyText = (max: number) =>
  typed({
    plain_text: object({ 'type!': type, 'text!': words(max), emoji: flag }),
    mrkdwn: object({ 'type!': type, 'text!': words(max), verbatim: flag }),
  });
const confirm = object({
  title: plainTextShape(100),
  'text!': anyText(300),
  confirm: plainTextShape(30),
  deny: plainTextShape(30),
  style: oneOf('primary', 'danger'),
});
const optionWith = (text: Rule) =>
  object({ 'text!': text, 'value!': string(LIMITS.optionValue, 1), description: anyText(75), url });
const option = optionWith(plainTextShape(LIMITS.optionText));
const richOption = optionWith(anyText(LIMITS.optionText));
const optionGroup = object({
  'label!': plainTextShape(75),
  'options!': list(option, LIMITS.options),
});
/** Options of a select: exactly one of the two forms. Also the shape of an answer to a suggestion request. */
const oneFormOfOptions: Rule = (value, at, found) => {
  if (isRecord(value) && (value.options === undefined) === (value.option_groups === undefined))
    refuse(found, at, 'must have either options or option_groups');
};
const optionForms: ShapeFields = {
  options: list(option, LIMITS.options),
  option_groups: list(optionGroup, 100),
};

const base: ShapeFields = { 'type!': type, action_id: string(LIMITS.id, 1) };
const picker: ShapeFields = {
  ...base,
  confirm,
  focus_on_load: flag,
  placeholder: plainTextShape(LIMITS.placeholder),
};
const many: ShapeFields = { ...picker, max_selected_items: number(1) };
const typing: ShapeFields = {
  ...base,
  focus_on_load: flag,
  placeholder: plainTextShape(LIMITS.placeholder),
  initial_value: string(3_000),
  dispatch_action_config: object({
    trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), 2),
  }),
};
const date = matchingText(/^\d{4}-\d\d-\d\d$/, 'a date YYYY-MM-DD');
const conversationFilter = object({
  include: list(oneOf('im', 'mpim', 'private', 'public'), 4),
  exclude_external_shared_channels: flag,
  exclude_bot_users: flag,
});
const conversations: ShapeFields = {
  default_to_current_conversation: flag,
  filter: conversationFilter,
};
export const image: ShapeFields = {
  'type!': type,
  'alt_text!': string(2_000, 1),
  image_url: url,
  slack_file: anything,
};
const wholeNumber = number(0, 3_000);
const decimal = matchingText(/^-?\d+(\.\d+)?$/, 'a number in a string');
export const label = string(75, 1);
const style = oneOf('primary', 'danger');

export const ELEMENTS = {
  button: object({
    ...base,
    'text!': plainTextShape(LIMITS.buttonText),
    value: string(LIMITS.buttonValue),
    url,
    style,
    confirm,
    accessibility_label: label,
  }),
  checkboxes: object({
    ...base,
    'options!': list(richOption, 10),
    initial_options: list(richOption, 10),
    confirm,
    focus_on_load: flag,
  }),
  radio_buttons: object({
    ...base,
    'options!': list(richOption, 10),
    initial_option: richOption,
    confirm,
    focus_on_load: flag,
  }),
  overflow: object({ ...base, 'options!': list(option, 5), confirm }),
  datepicker: object({ ...picker, initial_date: date }),
  timepicker: object({
    ...picker,
    initial_time: matchingText(/^\d\d:\d\d$/, 'a time HH:mm'),
    timezone: label,
  }),
  datetimepicker: object({ ...base, initial_date_time: number(0), confirm, focus_on_load: flag }),
  static_select: object({ ...picker, ...optionForms, initial_option: option }, oneFormOfOptions),
  external_select: object({ ...picker, initial_option: option, min_query_length: number(0) }),
  users_select: object({ ...picker, initial_user: label }),
  conversations_select: object({
    ...picker,
    ...conversations,
    initial_conversation: label,
    response_url_enabled: flag,
  }),
  channels_select: object({ ...picker, initial_channel: label, response_url_enabled: flag }),
  multi_static_select: object(
    { ...many, ...optionForms, initial_options: list(option, 100) },
    oneFormOfOptions,
  ),
  multi_external_select: object({
    ...many,
    initial_options: list(option, 100),
    min_query_length: number(0),
  }),
  multi_users_select: object({ ...many, initial_users: list(label, 100) }),
  multi_conversations_select: object({
    ...many,
    ...conversations,
    initial_conversations: list(label, 100),
  }),
  multi_channels_select: object({ ...many, initial_channels: list(label, 100) }),
  plain_text_input: object({
    ...typing,
    multiline: flag,
    min_length: wholeNumber,
    max_length: number(1, 3_000),
  }),
  number_input: object({
    ...typing,
    'is_decimal_allowed!': flag,
    min_value: decimal,
    max_value: decimal,
  }),
  email_text_input: object(typing),
  url_text_input: object(typing),
  rich_text_input: object({
    ...typing,
    initial_value: anything,
    min_lines: number(1),
    max_lines: number(1),
  }),
  file_input: object({ ...base, filetypes: list(label, 100), max_files: number(1, 10) }),
  workflow_button: object({
    ...base,
    'text!': plainTextShape(75),
    'workflow!': anything,
    style,
    accessibility_label: label,
  }),
};
export const CHOICES = [
  'checkboxes',
  'radio_buttons',
  'datepicker',
  'timepicker',
  'static_select',
  'external_select',
  'users_select',
  'conversations_select',
  'channels_select',
  'multi_static_select',
  'multi_external_select',
  'multi_users_select',
  'multi_conversations_select',
  'multi_channels_select',
] as const;
/** The elements of these names, told apart by `type`. */
export const pick = <T extends string>(shapes: Record<T, Rule>, ...names: T[]) =>
  typed(Object.fromEntries(names.map((name) => [name, shapes[name]])));
/** The answer to a suggestion request: it may be an empty list. */
export const SUGGESTIONS = object(
  { options: list(option, LIMITS.options, 0), option_groups: list(optionGroup, 100, 0) },
  oneFormOfOptions,
);
