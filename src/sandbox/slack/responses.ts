import { type Dict, flagAt, isDict, listAt, stringAt } from '../dict.ts';
import { changeMessage, refuseBadMessage } from './chat-methods.ts';
import { SlackError } from './slack-error.ts';
import type { Message, Workspace } from './workspace.ts';

/** A message answered to a command or posted to a response_url; only the person sees it unless it says in_channel. */
export function postResponse(workspace: Workspace, channelId: string, body: Dict): Message {
  refuseBadMessage(body);
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
 * One use of a response_url: posts, replaces or deletes.
 * @throws SlackError expired_url, used_url, cant_delete_message, and what messages are refused with
 */
export function useResponseUrl(workspace: Workspace, id: string, body: unknown): void {
  const url = workspace.takeResponseUrl(id);
  if (!isDict(body)) throw new SlackError('invalid_payload');
  const conversation = workspace.conversations.get(url.channelId);
  const source = conversation?.messages.find((message) => message.ts === url.messageTs);
  if (flagAt(body, 'delete_original')) {
    const others = Object.keys(body).filter((key) => key !== 'delete_original');
    if (!conversation || !source || others.length > 0) throw new SlackError('cant_delete_message');
    conversation.messages.splice(conversation.messages.indexOf(source), 1);
    workspace.changed(url.personId, 'message');
    return;
  }
  // The command itself is no message: there is nothing to replace, and the answer is posted.
  if (flagAt(body, 'replace_original') && source) {
    refuseBadMessage(body);
    changeMessage(workspace, source, body);
    return;
  }
  postResponse(workspace, url.channelId, body);
}
