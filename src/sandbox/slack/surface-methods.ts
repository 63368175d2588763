import { type Dict, flagAt, stringAt } from '../dict.ts';
import { openConversation, toWireMessage } from './chat-methods.ts';
import { type ApiCall, type Method, tiers } from './method.ts';
import { createPayloadError, SlackError } from './slack-error.ts';
import type { Conversation, Message } from './workspace.ts';

function findConversation(call: ApiCall): Conversation {
  const found = call.workspace.conversations.get(stringAt(call.args, 'channel') ?? '');
  if (!found) throw new SlackError('channel_not_found');
  return found;
}

const toChannelObject = ({ id, personId }: Conversation): Dict => ({
  id,
  is_im: true,
  user: personId,
  is_archived: false,
  is_open: true,
});

/** A page of messages between `oldest` and `latest`. Histories never contain ephemeral messages. */
function toPage(call: ApiCall, messages: Message[]): Dict {
  const oldest = Number(stringAt(call.args, 'oldest') ?? 0);
  const latest = Number(stringAt(call.args, 'latest') ?? Infinity);
  const isInclusive = flagAt(call.args, 'inclusive');
  const inside = messages.filter((message) => {
    const ts = Number(message.ts);
    return isInclusive ? ts >= oldest && ts <= latest : ts > oldest && ts < latest;
  });
  const start = Number(stringAt(call.args, 'cursor') ?? 0);
  const limit = Math.min(999, Number(stringAt(call.args, 'limit') ?? 100));
  const hasMore = inside.length > start + limit;
  return {
    messages: inside
      .slice(start, start + limit)
      .map((message) => toWireMessage(call.workspace, message)),
    has_more: hasMore,
    response_metadata: { next_cursor: hasMore ? String(start + limit) : '' },
  };
}

function requireView(call: ApiCall): unknown {
  if (call.args.view === undefined) {
    throw createPayloadError('invalid_arguments', ['missing required field: view']);
  }
  return call.args.view;
}

const historyArgs = [
  'channel',
  'cursor',
  'limit',
  'oldest',
  'latest',
  'inclusive',
  'include_all_metadata',
];

/** Methods for conversations, modals and Home. */
export const surfaceMethods: Record<string, Method> = {
  'conversations.open': {
    args: ['channel', 'users', 'return_im', 'prevent_creation'],
    perMinute: tiers.three,
    scope: 'im:write',
    run: (call) => {
      const channel = stringAt(call.args, 'channel');
      const personId =
        call.workspace.conversations.get(channel ?? '')?.personId ?? stringAt(call.args, 'users');
      if (!personId)
        throw new SlackError(channel ? 'channel_not_found' : 'users_list_not_supplied');
      if (!call.workspace.member(personId)) throw new SlackError('user_not_found');
      const conversation = openConversation(call, personId);
      return {
        channel: flagAt(call.args, 'return_im')
          ? toChannelObject(conversation)
          : { id: conversation.id },
      };
    },
  },
  'conversations.info': {
    args: ['channel', 'include_locale', 'include_num_members'],
    perMinute: tiers.three,
    scope: 'im:read',
    run: (call) => ({ channel: toChannelObject(findConversation(call)) }),
  },
  'conversations.history': {
    args: historyArgs,
    perMinute: tiers.three,
    scope: 'im:history',
    run: (call) => {
      const { messages } = findConversation(call);
      const top = messages.filter(
        (one) => !one.ephemeral && (!one.threadTs || one.threadTs === one.ts),
      );
      return toPage(call, top.reverse());
    },
  },
  'conversations.replies': {
    args: [...historyArgs, 'ts'],
    perMinute: tiers.three,
    scope: 'im:history',
    run: (call) => {
      const ts = stringAt(call.args, 'ts');
      const { messages } = findConversation(call);
      const thread = messages.filter(
        (one) => !one.ephemeral && (one.ts === ts || one.threadTs === ts),
      );
      if (thread.length === 0) throw new SlackError('thread_not_found');
      return toPage(call, thread);
    },
  },
  'views.open': {
    args: ['trigger_id', 'interactivity_pointer', 'view'],
    perMinute: tiers.four,
    run: (call) => {
      const view = requireView(call);
      const trigger = call.workspace.takeTrigger(stringAt(call.args, 'trigger_id'));
      // A click inside a modal opens the new one on top; a click outside starts a new stack.
      if (!trigger.fromView) call.views.close(trigger.personId, true);
      return { view: call.views.toWire(call.views.push(trigger.personId, view)) };
    },
  },
  'views.push': {
    args: ['trigger_id', 'interactivity_pointer', 'view'],
    perMinute: tiers.four,
    run: (call) => {
      const view = requireView(call);
      const trigger = call.workspace.takeTrigger(stringAt(call.args, 'trigger_id'));
      if (call.views.stack(trigger.personId).length === 0) throw new SlackError('not_found');
      return { view: call.views.toWire(call.views.push(trigger.personId, view)) };
    },
  },
  'views.update': {
    args: ['view_id', 'external_id', 'hash', 'view'],
    perMinute: tiers.four,
    run: (call) => {
      const viewRef = {
        viewId: stringAt(call.args, 'view_id'),
        externalId: stringAt(call.args, 'external_id'),
      };
      if (!viewRef.viewId && !viewRef.externalId) throw new SlackError('invalid_arguments');
      const record = call.views.update(viewRef, requireView(call), stringAt(call.args, 'hash'));
      return { view: call.views.toWire(record) };
    },
  },
  'views.publish': {
    args: ['user_id', 'hash', 'view'],
    perMinute: tiers.four,
    run: (call) => {
      const person = call.workspace.member(stringAt(call.args, 'user_id') ?? '');
      if (!person) throw new SlackError('user_not_found');
      if (person.deleted || person.isBot) throw new SlackError('not_enabled');
      const record = call.views.publish(person.id, requireView(call), stringAt(call.args, 'hash'));
      return { view: call.views.toWire(record) };
    },
  },
};
