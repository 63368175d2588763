import type { App, ViewOutput } from '@slack/bolt';
import { suggestAccess } from '../../../governance/access/suggested-for-person.ts';
import type { ActorCtx } from '../../../governance/context.ts';
import { findZone } from '../../../governance/people/person-zones.ts';
import { toEndDate } from '../../../governance/requests/end-date.ts';
import {
  findApplications,
  findEntitlements,
  requestAccess,
} from '../../../governance/requests/request-access.ts';
import { readRequestAgain } from '../../../governance/requests/request-again.ts';
import { listMyRequests } from '../../../governance/task-cards/my-requests.ts';
import { openModal, updateModal } from '../../answers.ts';
import { recordOption } from '../../blocks/kit/elements.ts';
import { entitlementResults, requestedView, requestView } from '../../blocks/requests/request.ts';
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
import { durationOption, offsetButton, requestForm } from '../../state/requests.ts';
import { openOnTop, redrawOrOpen } from '../../windows.ts';

/** Registers the form to request access, and the list of the reader's requests. */
export function listenToRequests(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.requestOpen, openRequestForm);
  onAction(app, deps, ids.taskAskAgain, openRequestAgain);
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

async function openRequestForm({ ctx, client, triggerId }: Click): Promise<void> {
  const me = { id: ctx.actor.personId, name: ctx.actor.name };
  await openModal({ client, triggerId }, async () => requestView({ me }));
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
  const found = await findEntitlements(ctx, words, applicationId);
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
