import type { DeliveryResult } from '../governance/messages/messages.ts';
import { isOutage, retryAfterOf, slackErrorCode } from './clients.ts';

/** Slack's answers that mean: this person cannot be written to here. */
const unreachableCodes = new Set([
  'user_disabled',
  'account_inactive_user',
  'cannot_dm_bot',
  'channel_not_found',
  'is_archived',
  'messages_tab_disabled',
  'not_in_channel',
  'user_not_found',
  'user_not_visible',
  'users_not_found',
  'is_inactive',
]);

/** Slack's answers that mean: this copy is gone, draw a new one if it still matters. */
const goneCodes = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'channel_not_found',
  'is_inactive',
]);

/** Whether the message that was to be changed is no longer there. */
export function isMessageGone(error: unknown): boolean {
  return goneCodes.has(slackErrorCode(error) ?? '');
}

/** What an error means for a delivery: the person is out of reach, or there is a later attempt. */
export function explainFailure(error: unknown): DeliveryResult {
  const code = slackErrorCode(error);
  if (code && (unreachableCodes.has(code) || code.startsWith('restricted_action'))) {
    return { unreachable: code };
  }
  const seconds = retryAfterOf(error);
  if (seconds !== undefined) {
    return {
      retryAt: new Date(Date.now() + seconds * 1000),
      counted: false,
      error: 'ratelimited',
    };
  }
  return {
    retryAt: new Date(Date.now() + 5_000),
    counted: true,
    error: code ?? String(error),
    isOutage: isOutage(error),
  };
}
