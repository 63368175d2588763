import type { App } from '@slack/bolt';
import type { ActorCtx } from '../../../governance/context.ts';
import { addMembers } from '../../../governance/profiles/enroll.ts';
import { offerProfile, requestProfile } from '../../../governance/profiles/request-profile.ts';
import { mayEnroll } from '../../../governance/profiles/rights.ts';
import {
  listAccessProfiles,
  listMemberPage,
  viewProfile,
} from '../../../governance/profiles/view.ts';
import { updateModal } from '../../answers.ts';
import { recordOption } from '../../blocks/kit/elements.ts';
import { addMembersView, membersView, profileView } from '../../blocks/profiles/profile.ts';
import { archiveView, editProfileView } from '../../blocks/profiles/profile-forms.ts';
import { profilesView } from '../../blocks/profiles/profile-list.ts';
import { requestProfileView } from '../../blocks/profiles/profile-request.ts';
import { requestedView } from '../../blocks/requests/request.ts';
import { isTicked, readChoice, readChoices, readTypedText } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSearch, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { profileListButton, profileMenuOption } from '../../state/profiles.ts';
import { idButton, idForm, idOption, pageButton } from '../../state/records.ts';
import { openOnTop, redrawOrOpen } from '../../windows.ts';
import { describeEnrollment } from './profile-results.ts';
import { returnToProfile } from './return-to-profile.ts';

/** Registers the list of profiles, the view of a profile, enrollment, and requests. */
export function listenToProfiles(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.profileList, showProfiles);
  onSearch(app, deps, ids.profileSearch, searchProfiles);
  onAction(app, deps, ids.profileSearch, openFoundProfile);
  onAction(app, deps, ids.profileView, openProfile);
  onAction(app, deps, ids.profileAdd, openEnrollForm);
  onSubmit(app, deps, { id: ids.profileEnroll, field: 'people', handle: submitEnrollment });
  onAction(app, deps, ids.profileMembers, showMembers);
  onAction(app, deps, ids.profileMembersPage, turnMembers);
  onAction(app, deps, ids.profileRequest, (click) =>
    openRequestForm(click, idButton.decode(click.value)),
  );
  onAction(app, deps, ids.profileMore, openProfileMenu);
  onSubmit(app, deps, {
    id: ids.profileRequestSubmit,
    field: 'reason',
    handle: submitRequest,
    isCorrectable: true,
  });
}

async function showProfiles(click: Click): Promise<void> {
  const place = profileListButton.decode(click.value);
  await redrawOrOpen(click, async () =>
    profilesView(await listAccessProfiles(click.ctx, { words: '', ...place })),
  );
}

async function searchProfiles(ctx: ActorCtx, words: string) {
  const found = await listAccessProfiles(ctx, { words, archived: false, page: 0, size: 100 });
  return found.rows.map(({ profile }) => recordOption(profile, profile.description));
}

/** Profile admins see the profile. Others get the form to request it. */
async function openFoundProfile(click: Click): Promise<void> {
  const { ctx } = click;
  const id = idOption.decode(click.value);
  await openOnTop(click, async () =>
    (await mayEnroll(ctx, id)) ? profileView(await viewProfile(ctx, id)) : requestForm(ctx, id),
  );
}

async function openProfile(click: Click): Promise<void> {
  const id = idButton.decode(click.value);
  await openOnTop(click, async () => profileView(await viewProfile(click.ctx, id)));
}

async function openEnrollForm(click: Click): Promise<void> {
  const id = idButton.decode(click.value);
  await openOnTop(click, async () => addMembersView(await viewProfile(click.ctx, id)));
}

async function submitEnrollment(submission: Submission) {
  const { ctx, view } = submission;
  const { values } = view.state;
  const enrolled = await addMembers(ctx, {
    profileId: idForm.decode(view.private_metadata),
    personIds: readChoices(values, 'people', idOption) ?? [],
    wholeCohort: isTicked(values, 'cohort'),
    createRequests: isTicked(values, 'requests'),
  });
  return returnToProfile(submission, enrolled.profile.id, describeEnrollment(enrolled));
}

async function showMembers(click: Click): Promise<void> {
  const id = idButton.decode(click.value);
  await openOnTop(click, async () => membersView(await listMemberPage(click.ctx, id, 0)));
}

async function turnMembers({ ctx, client, value, view }: Click): Promise<void> {
  const id = idForm.decode(view?.private_metadata);
  const page = pageButton.decode(value);
  await updateModal(client, view?.id, membersView(await listMemberPage(ctx, id, page)));
}

async function openProfileMenu(click: Click): Promise<void> {
  const { action, profileId } = profileMenuOption.decode(click.value);
  if (action === 'request') return openRequestForm(click, profileId);
  await openOnTop(click, async () => {
    const profile = await viewProfile(click.ctx, profileId);
    return action === 'edit' ? editProfileView(profile) : archiveView(profile);
  });
}

async function openRequestForm(click: Click, profileId: number): Promise<void> {
  await openOnTop(click, () => requestForm(click.ctx, profileId));
}

async function submitRequest({ ctx, view }: Submission) {
  const { values } = view.state;
  const requested = await requestProfile(ctx, {
    profileId: idForm.decode(view.private_metadata),
    personId: readChoice(values, 'person', idOption) ?? ctx.actor.personId,
    reason: readTypedText(values, 'reason'),
  });
  return requestedView(requested, null);
}

async function requestForm(ctx: ActorCtx, profileId: number) {
  const me = { id: ctx.actor.personId, name: ctx.actor.name };
  return requestProfileView(await offerProfile(ctx, profileId), me);
}
