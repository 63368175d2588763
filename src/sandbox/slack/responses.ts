import { type Dict, flagAt, isDict, listAt, stringAt } from '../dict.ts';
import { assertValidMessage, changeMessage } from './chat-methods.ts';
import { SlackError } from './slack-error.ts';
import type { Message, SandboxWorkspace } from './workspace.ts';

/**
 * Posts an answer to a command or response_url; only the person sees it, unless it is in_channel.
 */
export function postResponse(workspace: SandboxWorkspace, channelId: string, body: Dict): Message {
  assertValidMessage(body);
  return workspace.post({
    channelId,
    authorId: workspace.botUserId,
    text: stringAt(body, 'text') ?? '',
    blocks: listAt(body, 'blocks'),
    threadTs: stringAt(body, 'thread_ts'),
    ephemeral: body.response_type !== 'in_channel',
  });
}

/**
 * Uses a response_url once: posts, replaces or deletes a message.
 * @throws SlackError expired_url, used_url, cant_delete_message, and the errors of invalid messages
 */
export function useResponseUrl(workspace: SandboxWorkspace, id: string, body: unknown): void {
  const url = workspace.takeResponseUrl(id);
  if (!isDict(body)) throw new SlackError('invalid_payload');
  const conversation = workspace.conversations.get(url.channelId);
  const source = conversation?.messages.find((message) => message.ts === url.messageTs);
  if (flagAt(body, 'delete_original')) {
    const others = Object.keys(body).filter((key) => key !== 'delete_original');
    if (!conversation || !source || others.length > 0) throw new SlackError('cant_delete_message');
    conversation.messages.splice(conversation.messages.indexOf(source), 1);
    workspace.notifyChange(url.personId, 'message');
    return;
  }
  // A command is not a message that could be replaced, so its answer is posted.
  if (flagAt(body, 'replace_original') && source) {
    assertValidMessage(body);
    changeMessage(workspace, source, body);
    return;
  }
  postResponse(workspace, url.channelId, body);
}
