import type { App } from '@slack/bolt';
import { Refusal } from '../../../errors.ts';
import type { ActorCtx } from '../../../governance/context.ts';
import { findAssignable } from '../../../governance/people/person-search.ts';
import { readRequestAgain } from '../../../governance/requests/request-again.ts';
import {
  findAccessOf,
  proposeRevocation,
  readGrant,
} from '../../../governance/requests/revoke-access.ts';
import { openModal, updateModal } from '../../answers.ts';
import { entitlementOption, personOption } from '../../blocks/kit/elements.ts';
import { sentenceView } from '../../blocks/kit/sentence.ts';
import { revokeView } from '../../blocks/requests/revoke.ts';
import { readChoice, readTypedText, requireChoice } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSearch, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { idButton, idOption } from '../../state/records.ts';
import { grantButton, revokeEntitlementId } from '../../state/requests.ts';
import { openOnTop } from '../../windows.ts';

/** Registers the form to propose a revocation. */
export function listenToRevocations(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.revokeOpen, openRevocationForm);
  onAction(app, deps, ids.revokeThis, openFilledForm);
  onAction(app, deps, ids.taskRevoke, openFormOfTask);
  onAction(app, deps, ids.accessReturn, openReturnForm);
  onAction(app, deps, ids.revokePerson, offerAccessOfPerson);
  onSearch(app, deps, ids.revokePerson, searchPeople);
  onSearch(app, deps, ids.revokeEntitlement, searchAccessOfPerson);
  onSubmit(app, deps, {
    id: ids.revokeSubmit,
    field: 'reason',
    handle: submitRevocation,
    isCorrectable: true,
  });
}

async function openRevocationForm({ client, triggerId }: Click): Promise<void> {
  await openModal({ client, triggerId }, async () => revokeView({}));
}

async function openFilledForm(click: Click): Promise<void> {
  const grant = grantButton.decode(click.value);
  await openOnTop(click, async () => revokeView(await readGrant(click.ctx, grant)));
}

/** Opens the form for one's own access. */
async function openReturnForm(click: Click): Promise<void> {
  const { personId: id, name } = click.ctx.actor;
  await openOnTop(click, async () => revokeView({ person: { id, name }, isOwn: true }));
}

/** Opens the form with the access that a task granted. */
async function openFormOfTask(click: Click): Promise<void> {
  await openOnTop(click, async () => {
    const { person, entitlements } = await readRequestAgain(
      click.ctx,
      idButton.decode(click.value),
    );
    const [entitlement] = entitlements;
    return revokeView({ person, entitlement });
  });
}

async function offerAccessOfPerson({ client, value, view }: Click): Promise<void> {
  await updateModal(client, view?.id, revokeView({ person: { id: idOption.decode(value) } }));
}

async function searchPeople(ctx: ActorCtx, words: string) {
  return (await findAssignable(ctx, words, false)).map(personOption);
}

async function searchAccessOfPerson(ctx: ActorCtx, words: string, actionId: string) {
  const found = await findAccessOf(ctx, revokeEntitlementId.decode(actionId), words);
  return found.map((one) => entitlementOption(one));
}

async function submitRevocation({ ctx, view }: Submission) {
  const { values } = view.state;
  const entitlementId = readChoice(values, 'entitlement', idOption);
  if (entitlementId === undefined) {
    throw new Refusal('invalid', 'Choose a person first, then an entitlement.');
  }
  const task = await proposeRevocation(ctx, {
    personId: requireChoice(values, 'person', idOption),
    entitlementId,
    reason: readTypedText(values, 'reason'),
  });
  const text = `Revocation #${task.id} proposed. Nothing is revoked before it is confirmed. You get a message about the outcome.`;
  return sentenceView('Revoke access', text);
}
