import { checkMessage, LIMITS } from '../../slack/limits.ts';
import { type Dict, isDict, listAt, stringAt } from '../dict.ts';
import { type ApiCall, type Method, tiers } from './method.ts';
import { createPayloadError, SlackError } from './slack-error.ts';
import { retainInput } from './state.ts';
import { type Conversation, type Message, type SandboxWorkspace, withIds } from './workspace.ts';

/** Converts a message to the object of methods and payloads. */
export function toWireMessage(workspace: SandboxWorkspace, message: Message): Dict {
  const isFromApp = message.authorId === workspace.botUserId;
  return {
    type: 'message',
    user: message.authorId,
    ...(isFromApp && { bot_id: workspace.botId, app_id: workspace.appId }),
    text: message.text,
    ts: message.ts,
    team: workspace.team.id,
    ...(message.blocks.length > 0 && { blocks: message.blocks }),
    ...(message.threadTs && { thread_ts: message.threadTs }),
    ...(message.editedTs && { edited: { user: message.authorId, ts: message.editedTs } }),
    ...(message.metadata !== undefined && { metadata: message.metadata }),
    ...(message.file && { files: [message.file] }),
  };
}

/**
 * Rejects invalid messages as Slack does.
 * @throws SlackError no_text, msg_too_long, msg_blocks_too_long, invalid_blocks
 */
export function assertValidMessage(args: Dict): void {
  const text = stringAt(args, 'text') ?? stringAt(args, 'markdown_text');
  if (args.blocks !== undefined && !Array.isArray(args.blocks)) {
    throw new SlackError('invalid_blocks_format');
  }
  if (listAt(args, 'attachments').length > 0) throw new SlackError('invalid_attachments');
  // Slack shortens or splits a longer text. The sandbox rejects it, so that the app never relies on
  // that.
  if (text && text.length > LIMITS.messageText) throw new SlackError('msg_too_long');
  const problems = checkMessage({ text, blocks: args.blocks });
  if (problems.includes('no_text')) throw new SlackError('no_text');
  const isTooLong = problems.some((problem) => problem.startsWith('msg_blocks_too_long'));
  if (isTooLong) throw new SlackError('msg_blocks_too_long');
  if (problems.length > 0) throw createPayloadError('invalid_blocks', problems);
}

function assertReachable(call: ApiCall, personId: string): void {
  const person = call.workspace.member(personId);
  if (!person) throw new SlackError('channel_not_found');
  if (person.isBot) throw new SlackError('cannot_dm_bot');
  if (person.deleted) throw new SlackError('user_disabled');
  if (!call.isMessagesTabOn) throw new SlackError('messages_tab_disabled');
}

/** The conversation to post to, by a D… id or by a U… id, which opens one. */
function findTarget(call: ApiCall): Conversation {
  const channel = stringAt(call.args, 'channel');
  if (!channel) throw new SlackError('channel_not_found');
  const personId = call.workspace.conversations.get(channel)?.personId ?? channel;
  assertReachable(call, personId);
  return call.workspace.conversationWith(personId);
}

/** An existing conversation by its own id: methods that change messages accept no U… id. */
function findConversation(call: ApiCall): Conversation {
  const conversation = call.workspace.conversations.get(stringAt(call.args, 'channel') ?? '');
  if (!conversation) throw new SlackError('channel_not_found');
  return conversation;
}

function findOwnMessage(
  call: ApiCall,
  errorCode: string,
): { conversation: Conversation; message: Message } {
  const conversation = findConversation(call);
  const ts = stringAt(call.args, 'ts');
  // Slack does not store ephemeral messages; only their response_url can change them.
  const message = conversation.messages.find((one) => one.ts === ts && !one.ephemeral);
  if (!message) throw new SlackError('message_not_found');
  if (message.authorId !== call.workspace.botUserId) throw new SlackError(errorCode);
  return { conversation, message };
}

function findThread(call: ApiCall, conversation: Conversation): string | undefined {
  const threadTs = stringAt(call.args, 'thread_ts');
  if (!threadTs) return undefined;
  const parent = conversation.messages.find((one) => one.ts === threadTs && !one.ephemeral);
  if (!parent) throw new SlackError('thread_not_found');
  return parent.threadTs ?? parent.ts;
}

function postMessage(call: ApiCall, conversation: Conversation, ephemeral: boolean): Message {
  assertValidMessage(call.args);
  return call.workspace.post({
    channelId: conversation.id,
    authorId: call.workspace.botUserId,
    text: stringAt(call.args, 'text') ?? stringAt(call.args, 'markdown_text') ?? '',
    blocks: listAt(call.args, 'blocks'),
    threadTs: findThread(call, conversation),
    ephemeral,
    metadata: call.args.metadata,
  });
}

/** Changes a message by the rules of `chat.update`: text without blocks removes the blocks. */
export function changeMessage(workspace: SandboxWorkspace, message: Message, args: Dict): void {
  const text = stringAt(args, 'text');
  const hasBlocks = Array.isArray(args.blocks);
  const blocks = hasBlocks ? withIds(listAt(args, 'blocks')) : text ? [] : message.blocks;
  const conversation = workspace.conversations.get(message.channelId);
  retainInput(workspace.inputs, `${conversation?.personId}:${message.ts}`, message.blocks, blocks);
  message.blocks = blocks;
  if (text !== undefined) message.text = text;
  if (!hasBlocks) message.editedTs = workspace.nextTs();
  if (isDict(args.metadata)) message.metadata = args.metadata;
  if (conversation) workspace.notifyChange(conversation.personId, 'message');
}

const postArgs = [
  'channel',
  'text',
  'blocks',
  'attachments',
  'thread_ts',
  'reply_broadcast',
  'metadata',
  'mrkdwn',
  'parse',
  'link_names',
  'unfurl_links',
  'unfurl_media',
  'username',
  'icon_url',
  'icon_emoji',
  'markdown_text',
  'as_user',
];

/** Methods that post, change and delete messages. */
export const chatMethods: Record<string, Method> = {
  'chat.postMessage': {
    args: postArgs,
    perMinute: 300,
    scope: 'chat:write',
    run: (call) => {
      const message = postMessage(call, findTarget(call), false);
      return {
        channel: message.channelId,
        ts: message.ts,
        message: toWireMessage(call.workspace, message),
      };
    },
  },
  'chat.postEphemeral': {
    args: [...postArgs, 'user'],
    perMinute: tiers.four,
    scope: 'chat:write',
    run: (call) => {
      const conversation = findTarget(call);
      if (stringAt(call.args, 'user') !== conversation.personId)
        throw new SlackError('user_not_in_channel');
      return { message_ts: postMessage(call, conversation, true).ts };
    },
  },
  'chat.update': {
    args: [
      'channel',
      'ts',
      'text',
      'blocks',
      'attachments',
      'metadata',
      'parse',
      'link_names',
      'reply_broadcast',
      'file_ids',
      'markdown_text',
      'as_user',
    ],
    perMinute: tiers.three,
    scope: 'chat:write',
    run: (call) => {
      const { message } = findOwnMessage(call, 'cant_update_message');
      const isEmpty = !stringAt(call.args, 'text') && call.args.blocks === undefined;
      if (!isEmpty) assertValidMessage(call.args);
      else if (call.args.metadata === undefined) throw new SlackError('no_text');
      changeMessage(call.workspace, message, call.args);
      const { channelId: channel, ts, text } = message;
      return { channel, ts, text, message: toWireMessage(call.workspace, message) };
    },
  },
  'chat.delete': {
    args: ['channel', 'ts', 'as_user'],
    perMinute: tiers.three,
    scope: 'chat:write',
    run: (call) => {
      const { conversation, message } = findOwnMessage(call, 'cant_delete_message');
      conversation.messages.splice(conversation.messages.indexOf(message), 1);
      call.workspace.notifyChange(conversation.personId, 'message');
      return { channel: conversation.id, ts: message.ts };
    },
  },
  'chat.getPermalink': {
    args: ['channel', 'message_ts'],
    perMinute: 300,
    run: (call) => {
      const conversation = findConversation(call);
      const ts = stringAt(call.args, 'message_ts');
      if (!conversation.messages.some((one) => one.ts === ts))
        throw new SlackError('message_not_found');
      return {
        channel: conversation.id,
        permalink: `${call.baseUrl}/#/${conversation.personId}/messages`,
      };
    },
  },
  'reactions.add': {
    args: ['channel', 'name', 'timestamp'],
    perMinute: tiers.three,
    scope: 'reactions:write',
    run: (call) => {
      const ts = stringAt(call.args, 'timestamp');
      if (!findConversation(call).messages.some((one) => one.ts === ts))
        throw new SlackError('message_not_found');
      return {};
    },
  },
  'files.completeUploadExternal': {
    args: ['files', 'channel_id', 'channels', 'initial_comment', 'thread_ts', 'blocks'],
    perMinute: tiers.four,
    scope: 'files:write',
    run: (call) => {
      const uploaded = listAt(call.args, 'files').map(({ id, title }) => {
        const file = call.files.get(String(id));
        if (!file?.bytes) throw new SlackError('file_not_found');
        if (typeof title === 'string') file.title = title;
        return {
          id: file.id,
          name: file.name,
          title: file.title,
          size: file.bytes.length,
          url_private: `${call.baseUrl}/sandbox/files/${file.id}`,
        };
      });
      const channel = stringAt(call.args, 'channel_id') ?? stringAt(call.args, 'channels');
      if (channel) {
        const conversation = findConversation({ ...call, args: { channel } });
        const shared = {
          channelId: conversation.id,
          authorId: call.workspace.botUserId,
          ephemeral: false,
        };
        uploaded.forEach((file, index) => {
          const text = index === 0 ? (stringAt(call.args, 'initial_comment') ?? '') : '';
          call.workspace.post({ ...shared, text, file, threadTs: findThread(call, conversation) });
        });
      }
      return { files: uploaded };
    },
  },
};

/** Opens a conversation. @throws SlackError the app cannot write to this person */
export function openConversation(call: ApiCall, personId: string): Conversation {
  assertReachable({ ...call, isMessagesTabOn: true }, personId);
  return call.workspace.conversationWith(personId);
}
