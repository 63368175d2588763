/**
 * Slack's limits as data. `limits.ts` checks messages and views against them.
 * Sources: docs.slack.dev/reference/block-kit and /surfaces/modals, and the doc comments of @slack/types 3.2. The
 * limit of a whole message is not documented; it comes from two independent measurements.
 */
export const LIMITS = {
  messageBlocks: 50,
  viewBlocks: 100,
  /** Slack cuts or splits longer text, and `chat.update` refuses it. */
  messageText: 4_000,
  /** Characters over all blocks of one message. Above it Slack answers `msg_blocks_too_long`. */
  messageCharacters: 13_200,
  /** Characters that one header costs of `messageCharacters` on top of its text. */
  headerOverhead: 100,
  markdownCharacters: 12_000,
  tableCharacters: 10_000,
  dataTableCharacters: 20_000,
  chartsPerMessage: 2,
  viewBytes: 250_000,
  viewTitle: 24,
  privateMetadata: 3_000,
  viewStack: 3,
  id: 255,
  text: 3_000,
  field: 2_000,
  header: 150,
  buttonText: 75,
  buttonValue: 2_000,
  optionText: 75,
  optionValue: 150,
  options: 100,
  label: 2_000,
  placeholder: 150,
} as const;
