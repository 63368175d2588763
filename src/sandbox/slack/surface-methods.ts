import { type Dict, flagAt, stringAt } from '../dict.ts';
import { openConversation, wireMessage } from './chat-methods.ts';
import { type ApiCall, type Method, TIER } from './method.ts';
import { refusedWith, SlackError } from './slack-error.ts';
import type { Conversation, Message } from './workspace.ts';

function conversationOf(call: ApiCall): Conversation {
  const found = call.workspace.conversations.get(stringAt(call.args, 'channel') ?? '');
  if (!found) throw new SlackError('channel_not_found');
  return found;
}

const channelObject = ({ id, personId }: Conversation): Dict => ({
  id,
  is_im: true,
  user: personId,
  is_archived: false,
  is_open: true,
});

/** A page of messages between `oldest` and `latest`; ephemeral messages are never in a history. */
function page(call: ApiCall, messages: Message[]): Dict {
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
      .map((message) => wireMessage(call.workspace, message)),
    has_more: hasMore,
    response_metadata: { next_cursor: hasMore ? String(start + limit) : '' },
  };
}

function needView(call: ApiCall): unknown {
  if (call.args.view === undefined) {
    throw refusedWith('invalid_arguments', ['missing required field: view']);
  }
  return call.args.view;
}

const HISTORY_ARGS = [
  'channel',
  'cursor',
  'limit',
  'oldest',
  'latest',
  'inclusive',
  'include_all_metadata',
];

/** Methods about conversations, modals and Home. */
export const SURFACE_METHODS: Record<string, Method> = {
  'conversations.open': {
    args: ['channel', 'users', 'return_im', 'prevent_creation'],
    perMinute: TIER.three,
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
          ? channelObject(conversation)
          : { id: conversation.id },
      };
    },
  },
  'conversations.info': {
    args: ['channel', 'include_locale', 'include_num_members'],
    perMinute: TIER.three,
    scope: 'im:read',
    run: (call) => ({ channel: channelObject(conversationOf(call)) }),
  },
  'conversations.history': {
    args: HISTORY_ARGS,
    perMinute: TIER.three,
    scope: 'im:history',
    run: (call) => {
      const { messages } = conversationOf(call);
      const top = messages.filter(
        (one) => !one.ephemeral && (!one.threadTs || one.threadTs === one.ts),
      );
      return page(call, top.reverse());
    },
  },
  'conversations.replies': {
    args: [...HISTORY_ARGS, 'ts'],
    perMinute: TIER.three,
    scope: 'im:history',
    run: (call) => {
      const ts = stringAt(call.args, 'ts');
      const { messages } = conversationOf(call);
      const thread = messages.filter(
        (one) => !one.ephemeral && (one.ts === ts || one.threadTs === ts),
      );
      if (thread.length === 0) throw new SlackError('thread_not_found');
      return page(call, thread);
    },
  },
  'views.open': {
    args: ['trigger_id', 'interactivity_pointer', 'view'],
    perMinute: TIER.four,
    run: (call) => {
      const view = needView(call);
      const trigger = call.workspace.takeTrigger(stringAt(call.args, 'trigger_id'));
      // A click inside a modal opens on top of it; one outside begins anew.
      if (!trigger.fromView) call.views.close(trigger.personId, true);
      return { view: call.views.wire(call.views.push(trigger.personId, view)) };
    },
  },
  'views.push': {
    args: ['trigger_id', 'interactivity_pointer', 'view'],
    perMinute: TIER.four,
    run: (call) => {
      const view = needView(call);
      const trigger = call.workspace.takeTrigger(stringAt(call.args, 'trigger_id'));
      if (call.views.stack(trigger.personId).length === 0) throw new SlackError('not_found');
      return { view: call.views.wire(call.views.push(trigger.personId, view)) };
    },
  },
  'views.update': {
    args: ['view_id', 'external_id', 'hash', 'view'],
    perMinute: TIER.four,
    run: (call) => {
      const which = {
        viewId: stringAt(call.args, 'view_id'),
        externalId: stringAt(call.args, 'external_id'),
      };
      if (!which.viewId && !which.externalId) throw new SlackError('invalid_arguments');
      const record = call.views.update(which, needView(call), stringAt(call.args, 'hash'));
      return { view: call.views.wire(record) };
    },
  },
  'views.publish': {
    args: ['user_id', 'hash', 'view'],
    perMinute: TIER.four,
    run: (call) => {
      const person = call.workspace.member(stringAt(call.args, 'user_id') ?? '');
      if (!person) throw new SlackError('user_not_found');
      if (person.deleted || person.isBot) throw new SlackError('not_enabled');
      const record = call.views.publish(person.id, needView(call), stringAt(call.args, 'hash'));
      return { view: call.views.wire(record) };
    },
  },
};
