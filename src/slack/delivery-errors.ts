import type { DeliveryResult } from '../governance/messages/messages.ts';
import { isOutage, retryAfterOf, slackErrorCode } from './clients.ts';

/** Slack's error codes for a person who cannot get messages in Slack. */
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

/** Slack's error codes for a message copy that is gone. A new one is posted if it is still needed. */
const goneCodes = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'channel_not_found',
  'is_inactive',
]);

/** Whether the message to update no longer exists. */
export function isMessageGone(error: unknown): boolean {
  return goneCodes.has(slackErrorCode(error) ?? '');
}

/** Turns an error into the result of a delivery: the person is unreachable, or there is a later attempt. */
export function toDeliveryResult(error: unknown): DeliveryResult {
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
