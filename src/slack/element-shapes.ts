import { LIMITS } from './limit-table.ts';
import {
  addProblem,
  byType,
  flag,
  isRecord,
  list,
  matchingText,
  number,
  object,
  oneOf,
  type ShapeFields,
  type ShapeRule,
  shownText,
  string,
} from './shape.ts';

export const type: ShapeRule = () => undefined; // `byType` has read it already
const anything: ShapeRule = () => undefined;
export const url = string(3_000, 1);
export const plainTextShape = (max: number) =>
  byType({ plain_text: object({ 'type!': type, 'text!': shownText(max), emoji: flag }) });
export const anyText = (max: number) =>
  byType({
    plain_text: object({ 'type!': type, 'text!': shownText(max), emoji: flag }),
    mrkdwn: object({ 'type!': type, 'text!': shownText(max), verbatim: flag }),
  });
const confirm = object({
  title: plainTextShape(100),
  'text!': anyText(300),
  confirm: plainTextShape(30),
  deny: plainTextShape(30),
  style: oneOf('primary', 'danger'),
});
const optionWith = (text: ShapeRule) =>
  object({ 'text!': text, 'value!': string(LIMITS.optionValue, 1), description: anyText(75), url });
const option = optionWith(plainTextShape(LIMITS.optionText));
const richOption = optionWith(anyText(LIMITS.optionText));
const optionGroup = object({
  'label!': plainTextShape(75),
  'options!': list(option, LIMITS.options),
});
/** A select, and the answer to a suggestion request, have exactly one of the two forms of options. */
const oneFormOfOptions: ShapeRule = (value, at, found) => {
  if (isRecord(value) && (value.options === undefined) === (value.option_groups === undefined))
    addProblem(found, at, 'must have either options or option_groups');
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
const multiPicker: ShapeFields = { ...picker, max_selected_items: number(1) };
const textInput: ShapeFields = {
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
    { ...multiPicker, ...optionForms, initial_options: list(option, 100) },
    oneFormOfOptions,
  ),
  multi_external_select: object({
    ...multiPicker,
    initial_options: list(option, 100),
    min_query_length: number(0),
  }),
  multi_users_select: object({ ...multiPicker, initial_users: list(label, 100) }),
  multi_conversations_select: object({
    ...multiPicker,
    ...conversations,
    initial_conversations: list(label, 100),
  }),
  multi_channels_select: object({ ...multiPicker, initial_channels: list(label, 100) }),
  plain_text_input: object({
    ...textInput,
    multiline: flag,
    min_length: wholeNumber,
    max_length: number(1, 3_000),
  }),
  number_input: object({
    ...textInput,
    'is_decimal_allowed!': flag,
    min_value: decimal,
    max_value: decimal,
  }),
  email_text_input: object(textInput),
  url_text_input: object(textInput),
  rich_text_input: object({
    ...textInput,
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
/** One of the elements with these names. Their `type` tells which. */
export const pick = <T extends string>(shapes: Record<T, ShapeRule>, ...names: T[]) =>
  byType(Object.fromEntries(names.map((name) => [name, shapes[name]])));
/** The answer to a suggestion request. The list may be empty. */
export const SUGGESTIONS = object(
  { options: list(option, LIMITS.options, 0), option_groups: list(optionGroup, 100, 0) },
  oneFormOfOptions,
);
