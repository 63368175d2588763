import type { App } from '@slack/bolt';
import type { ActorCtx } from '../../../governance/context.ts';
import {
  changeEntitlements,
  findForProfile,
  findInProfile,
} from '../../../governance/profiles/entitlements.ts';
import { viewProfile } from '../../../governance/profiles/view.ts';
import { entitlementOption, recordOption } from '../../blocks/kit/elements.ts';
import { profileEntitlementsView } from '../../blocks/profiles/profile-forms.ts';
import { isTicked, readChoices } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSearch, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { profileWithinId } from '../../state/profiles.ts';
import { idButton, idOption, versionForm } from '../../state/records.ts';
import { openOnTop } from '../../windows.ts';
import { describeEntitlementChange } from './profile-results.ts';
import { returnToProfile } from './return-to-profile.ts';

/** Registers the form that adds entitlements to a profile and removes them. */
export function listenToProfileEntitlements(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.profileEntitlements, openEntitlementForm);
  onSearch(app, deps, ids.profileEntitlement, searchForProfile);
  onSearch(app, deps, ids.profileWithin, searchInProfile);
  onSubmit(app, deps, {
    id: ids.profileEntitlementsSubmit,
    field: 'add',
    handle: submitEntitlements,
    isCorrectable: true,
  });
}

async function openEntitlementForm(click: Click): Promise<void> {
  const id = idButton.decode(click.value);
  await openOnTop(click, async () => profileEntitlementsView(await viewProfile(click.ctx, id)));
}

async function searchForProfile(ctx: ActorCtx, words: string) {
  return (await findForProfile(ctx, words)).map((one) => entitlementOption(one, one.description));
}

async function searchInProfile(ctx: ActorCtx, words: string, actionId: string) {
  const found = await findInProfile(ctx, profileWithinId.decode(actionId), words);
  return found.map(({ id, label }) => recordOption({ id, name: label }));
}

async function submitEntitlements(submission: Submission) {
  const { ctx, view } = submission;
  const { values } = view.state;
  const { id, version } = versionForm.decode(view.private_metadata);
  const changed = await changeEntitlements(ctx, {
    profileId: id,
    version,
    add: readChoices(values, 'add', idOption) ?? [],
    remove: readChoices(values, 'remove', idOption) ?? [],
    createRequests: isTicked(values, 'requests'),
    revoke: isTicked(values, 'revoke'),
  });
  return returnToProfile(submission, id, describeEntitlementChange(changed));
}
