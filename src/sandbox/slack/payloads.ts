import { randomUUID } from 'node:crypto';
import { type Dict, stringAt } from '../dict.ts';
import { toWireMessage } from './chat-methods.ts';
import { type Placed, toStateValues } from './state.ts';
import type { VisibleSurface } from './surfaces.ts';
import type { SlackPerson } from './users.ts';
import type { Views } from './views.ts';
import { makeId, type SandboxWorkspace } from './workspace.ts';

/** The fields of every interaction. Slack still sends the outdated `token`. */
function toCommonFields(workspace: SandboxWorkspace, person: SlackPerson): Dict {
  const { team, appId } = workspace;
  return {
    user: { id: person.id, username: person.name, name: person.name, team_id: team.id },
    api_app_id: appId,
    token: 'sandbox-verification-token',
    team: { id: team.id, domain: team.domain },
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** The location of an interaction: the container and the message or view itself. */
function toLocation(workspace: SandboxWorkspace, views: Views, surface: VisibleSurface): Dict {
  if (surface.kind !== 'message') {
    const container = { type: 'view', view_id: surface.view.id };
    return { container, view: views.toWire(surface.view) };
  }
  const { message } = surface;
  const { ts, channelId, ephemeral, threadTs } = message;
  return {
    container: {
      type: 'message',
      message_ts: ts,
      channel_id: channelId,
      is_ephemeral: ephemeral,
      ...(threadTs && { thread_ts: threadTs }),
    },
    channel: { id: channelId, name: 'directmessage' },
    state: { values: toStateValues(message.blocks, workspace.inputs.get(surface.key)) },
    // Slack does not store ephemeral messages, so it cannot include them.
    ...(!ephemeral && { message: toWireMessage(workspace, message) }),
  };
}

/** Creates the payload of a click or a choice. */
export function createBlockActions(
  { workspace, views, baseUrl }: { workspace: SandboxWorkspace; views: Views; baseUrl: string },
  person: SlackPerson,
  surface: VisibleSurface,
  { block, element }: Placed,
  state: Dict | undefined,
): Dict {
  const { text, value, style } = element;
  const isButton = element.type === 'button';
  const action = {
    action_id: element.action_id,
    block_id: block.block_id,
    type: element.type,
    action_ts: workspace.nextTs(),
    ...(isButton && {
      text,
      ...(value !== undefined && { value }),
      ...(style !== undefined && { style }),
    }),
    ...state,
  };
  const responseUrl = surface.kind === 'message' && {
    response_url: `${baseUrl}/response/${workspace.makeResponseUrl({
      personId: person.id,
      channelId: surface.message.channelId,
      messageTs: surface.message.ts,
    })}`,
  };
  return {
    type: 'block_actions',
    ...toCommonFields(workspace, person),
    ...toLocation(workspace, views, surface),
    trigger_id: workspace.makeTrigger(person.id, surface.kind === 'modal'),
    ...responseUrl,
    actions: [action],
  };
}

/** Creates the payload of a search in an external select. */
export function createBlockSuggestion(
  { workspace, views }: { workspace: SandboxWorkspace; views: Views },
  person: SlackPerson,
  surface: VisibleSurface,
  { block, element }: Placed,
  query: string,
): Dict {
  return {
    type: 'block_suggestion',
    ...toCommonFields(workspace, person),
    ...toLocation(workspace, views, surface),
    action_id: element.action_id,
    block_id: block.block_id,
    value: query,
  };
}

/** Creates the payload of a submitted or closed modal. */
export function createViewPayload(
  workspace: SandboxWorkspace,
  person: SlackPerson,
  view: Dict,
  closing: { type: 'view_submission' } | { type: 'view_closed'; isCleared: boolean },
): Dict {
  const base = { type: closing.type, ...toCommonFields(workspace, person), view };
  if (closing.type === 'view_closed') return { ...base, is_cleared: closing.isCleared };
  return { ...base, trigger_id: workspace.makeTrigger(person.id, true), response_urls: [] };
}

/** Creates the payload of a slash command. */
export function createSlashCommand(
  { workspace, baseUrl }: { workspace: SandboxWorkspace; baseUrl: string },
  person: SlackPerson,
  command: string,
  text: string,
): Dict {
  const { team, appId } = workspace;
  const channelId = workspace.conversationWith(person.id).id;
  const id = workspace.makeResponseUrl({ personId: person.id, channelId });
  return {
    token: 'sandbox-verification-token',
    team_id: team.id,
    team_domain: team.domain,
    channel_id: channelId,
    channel_name: 'directmessage',
    user_id: person.id,
    user_name: person.name,
    command,
    text: escapeMentions(workspace, text),
    api_app_id: appId,
    is_enterprise_install: 'false',
    response_url: `${baseUrl}/response/${id}`,
    trigger_id: workspace.makeTrigger(person.id, false),
  };
}

/**
 * Turns the @handles of people into mentions. Slash commands carry `<@U…|handle>`, by `should_escape` of the manifest;
 * messages carry `<@U…>`.
 */
export function escapeMentions(
  workspace: SandboxWorkspace,
  text: string,
  toMention = (id: string, handle: string) => `<@${id}|${handle}>`,
): string {
  return text.replace(/(^|[\s=])@([\w.-]+)/g, (whole, before: string, handle: string) => {
    const person = [...workspace.people.values()].find(
      (one) => one.name === handle && !one.noSlack,
    );
    return person ? `${before}${toMention(person.id, handle)}` : whole;
  });
}

/** Creates the envelope of an event. */
export function createEventCallback(workspace: SandboxWorkspace, event: Dict): Dict {
  const { team, appId, botUserId } = workspace;
  return {
    token: 'sandbox-verification-token',
    team_id: team.id,
    context_team_id: team.id,
    api_app_id: appId,
    event: { event_ts: workspace.nextTs(), ...event },
    type: 'event_callback',
    event_id: makeId('Ev'),
    event_time: Math.floor(workspace.now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: team.id,
        user_id: botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
  };
}

/** Creates the event of a person's message to the app. */
export function createMessageEvent(
  workspace: SandboxWorkspace,
  channelId: string,
  ts: string,
  text: string,
  author: SlackPerson,
  threadTs?: string,
): Dict {
  return {
    type: 'message',
    channel: channelId,
    channel_type: 'im',
    user: author.id,
    text,
    ts,
    team: workspace.team.id,
    client_msg_id: randomUUID(),
    ...(threadTs && { thread_ts: threadTs, parent_user_id: workspace.botUserId }),
    blocks: [
      {
        type: 'rich_text',
        block_id: makeId('', 5),
        elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
      },
    ],
    event_ts: ts,
  };
}

/** Whether Slack sends a choice in this element at once instead of with the submitted modal. */
export const isDispatching = ({ block, element }: Placed): boolean =>
  block.type !== 'input' ||
  block.dispatch_action === true ||
  stringAt(element, 'type') === 'button';
