import type { App, ViewOutput } from '@slack/bolt';
import { listAccessLike } from '../../../governance/access/access-like.ts';
import { suggestAccess } from '../../../governance/access/suggested-for-person.ts';
import type { ActorCtx } from '../../../governance/context.ts';
import { findZone } from '../../../governance/people/person-zones.ts';
import { toEndDate } from '../../../governance/requests/end-date.ts';
import { findEntitlements } from '../../../governance/requests/find-entitlements.ts';
import { findApplications, requestAccess } from '../../../governance/requests/request-access.ts';
import { nameRequest, readRequestAgain } from '../../../governance/requests/request-again.ts';
import { listMyRequests } from '../../../governance/task-cards/my-requests.ts';
import { openModal, updateModal } from '../../answers.ts';
import { recordOption } from '../../blocks/kit/elements.ts';
import { entitlementResults, requestedView, requestView } from '../../blocks/requests/request.ts';
import { requestLikeView } from '../../blocks/requests/request-choice.ts';
import { requestsPage, requestsView } from '../../blocks/tasks/my-requests.ts';
import {
  isTicked,
  readChoice,
  readChoices,
  readDay,
  readTypedText,
  requireChoice,
} from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSearch, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { personSearchId } from '../../state/people.ts';
import { idButton, idOption } from '../../state/records.ts';
import { durationOption, offsetButton, requestFilling, requestForm } from '../../state/requests.ts';
import { openOnTop, redrawOrOpen } from '../../windows.ts';

/** Registers the form to request access, and the list of the reader's requests. */
export function listenToRequests(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.requestOpen, openRequestForm);
  onAction(app, deps, ids.taskAskAgain, openRequestAgain);
  onAction(app, deps, ids.requestLike, openLikeForm);
  onSubmit(app, deps, {
    id: ids.requestLikeSubmit,
    field: 'reason',
    handle: submitLike,
    isCorrectable: true,
  });
  onAction(app, deps, personSearchId.encode({ purpose: 'request' }), redrawRequestForm);
  onAction(app, deps, ids.requestApp, redrawRequestForm);
  onAction(app, deps, ids.requestDuration, redrawRequestForm);
  onAction(app, deps, ids.requestEmergency, redrawRequestForm);
  onSearch(app, deps, ids.requestApp, searchApplications);
  onSearch(app, deps, ids.requestEntitlement, searchEntitlements);
  onSubmit(app, deps, {
    id: ids.requestSubmit,
    field: 'entitlement',
    handle: submitRequest,
    isCorrectable: true,
  });
  onAction(app, deps, ids.requestList, showRequests);
}

async function openRequestForm({ ctx, client, triggerId, value }: Click): Promise<void> {
  const me = { id: ctx.actor.personId, name: ctx.actor.name };
  const { entitlementIds: chosen, ...rest } = plainOpeners.has(value)
    ? { entitlementIds: [] }
    : requestFilling.decode(value);
  const entitlements = chosen.map((id) => ({ id }));
  await openModal({ client, triggerId }, async () =>
    requestView({ me, ...(await readFilling(ctx, { entitlements, ...rest })) }),
  );
}

/** The values of buttons that open an empty form. */
const plainOpeners = new Set(['home', 'open', 'profile']);

/** Names the person and the entitlements of a filling. */
export async function readFilling(
  ctx: ActorCtx,
  filling: {
    personId?: number | undefined;
    lastDay?: string | undefined;
    entitlements: readonly { id: number }[];
  },
) {
  const { personId, lastDay, entitlements } = filling;
  const named = await nameRequest(ctx, {
    personId: personId ?? ctx.actor.personId,
    entitlementIds: entitlements.map(({ id }) => id),
  });
  return { ...named, lastDay };
}

async function openLikeForm(click: Click): Promise<void> {
  const personId = idButton.decode(click.value);
  await openOnTop(click, async () => requestLikeView(await listAccessLike(click.ctx, personId)));
}

async function submitLike({ ctx, view }: Submission) {
  const { values } = view.state;
  const chosen = ['like0', 'like1'].flatMap((field) => readChoices(values, field, idOption) ?? []);
  const requested = await requestAccess(ctx, {
    personId: ctx.actor.personId,
    entitlementIds: chosen,
    reason: readTypedText(values, 'reason'),
  });
  return requestedView(requested, null);
}

/** Opens the form with the entitlement and the reason of an ended request. */
async function openRequestAgain(click: Click): Promise<void> {
  const { ctx } = click;
  const me = { id: ctx.actor.personId, name: ctx.actor.name };
  await openOnTop(click, async () => {
    const again = await readRequestAgain(ctx, idButton.decode(click.value));
    return requestView({ me, ...again });
  });
}

/** Draws the form again with the choices so far. */
async function redrawRequestForm({ ctx, client, view }: Click): Promise<void> {
  const values = view?.state.values ?? {};
  const form = requestView({
    me: { id: ctx.actor.personId, name: ctx.actor.name },
    personId: readChoice(values, 'person', idOption),
    applicationId: readChoice(values, 'application', idOption),
    duration: readChoice(values, 'until', durationOption),
    emergency: isTicked(values, 'emergency'),
  });
  await updateModal(client, view?.id, form);
}

async function searchApplications(ctx: ActorCtx, words: string) {
  return (await findApplications(ctx, words)).map((one) => recordOption(one));
}

/** As long as nothing is typed, suggestions come first. */
async function searchEntitlements(
  ctx: ActorCtx,
  words: string,
  _: string,
  view: ViewOutput | undefined,
) {
  const { personId, applicationId } = requestForm.decode(view?.private_metadata);
  const found = await findEntitlements(ctx, { query: words, personId, applicationId });
  const suggested = words.trim() === '' ? await suggestAccess(ctx, personId, applicationId) : [];
  return entitlementResults(suggested, found, personId === ctx.actor.personId);
}

async function submitRequest({ ctx, view }: Submission) {
  const { values } = view.state;
  const duration = requireChoice(values, 'until', durationOption);
  const personId = readChoice(values, 'person', idOption) ?? ctx.actor.personId;
  const clock = { now: ctx.now, zone: await findZone(ctx, personId) };
  const until = toEndDate(duration, readDay(values, 'last_day'), clock);
  const requested = await requestAccess(ctx, {
    personId,
    entitlementIds: readChoices(values, 'entitlement', idOption) ?? [],
    reason: readTypedText(values, 'reason'),
    until,
    emergency: isTicked(values, 'emergency'),
  });
  return requestedView(requested, until);
}

async function showRequests(click: Click): Promise<void> {
  const from = offsetButton.decode(click.value);
  await redrawOrOpen(click, async () =>
    requestsView(await listMyRequests(click.ctx, requestsPage, from)),
  );
}
