import type { App } from '@slack/bolt';
import { requirePermission } from '../../../governance/context.ts';
import {
  archiveProfile,
  editProfile,
  makeProfile,
  type ProfileSettings,
} from '../../../governance/profiles/edit.ts';
import { decideHeldRemovals } from '../../../governance/profiles/reconcile-members.ts';
import { viewProfile } from '../../../governance/profiles/view.ts';
import { updateModal } from '../../answers.ts';
import { profileView } from '../../blocks/profiles/profile.ts';
import { makeProfileView } from '../../blocks/profiles/profile-forms.ts';
import { readChoices, readNumber, readTypedText, requireChoice } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { heldMembersButton, leavingOption } from '../../state/profiles.ts';
import { idOption, versionForm } from '../../state/records.ts';
import { openOnTop } from '../../windows.ts';
import { listenToProfileEntitlements } from './entitlements.ts';
import { listenToMembershipRules } from './membership-rules.ts';
import { describeHeldDecision, describeRemoval } from './profile-results.ts';
import { returnToProfile } from './return-to-profile.ts';

/** Registers the forms that create, edit and archive access profiles. */
export function listenToProfileEdits(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.profileMake, openMakeForm);
  onSubmit(app, deps, {
    id: ids.profileMakeSubmit,
    field: 'name',
    handle: submitNewProfile,
    isCorrectable: true,
  });
  onSubmit(app, deps, {
    id: ids.profileEditSubmit,
    field: 'name',
    handle: submitEdit,
    isCorrectable: true,
  });
  onSubmit(app, deps, { id: ids.profileArchive, field: 'leaving', handle: submitArchiving });
  onAction(app, deps, ids.profileHeldApply, (click) => decideHeldMembers(click, 'apply'));
  onAction(app, deps, ids.profileHeldKeep, (click) => decideHeldMembers(click, 'keep'));
  listenToProfileEntitlements(app, deps);
  listenToMembershipRules(app, deps);
}

async function openMakeForm(click: Click): Promise<void> {
  await openOnTop(click, async () => {
    await requirePermission(click.ctx, 'manageProfiles');
    return makeProfileView();
  });
}

async function submitNewProfile({ ctx, view }: Submission) {
  const entitlementIds = readChoices(view.state.values, 'entitlements', idOption) ?? [];
  const profile = await makeProfile(ctx, { ...readWords(view), entitlementIds });
  const result = 'Created without members. Add members or a membership rule.';
  return profileView(await viewProfile(ctx, profile.id), result);
}

async function submitEdit(submission: Submission) {
  const { ctx, view } = submission;
  const { id, version } = versionForm.decode(view.private_metadata);
  await editProfile(ctx, { ...readWords(view), profileId: id, version });
  return returnToProfile(submission, id, 'Saved.');
}

async function submitArchiving(submission: Submission) {
  const { ctx, view } = submission;
  const { id, version } = versionForm.decode(view.private_metadata);
  const leaving = requireChoice(view.state.values, 'leaving', leavingOption);
  const archived = await archiveProfile(ctx, { profileId: id, version, leaving });
  return returnToProfile(submission, id, `Archived. ${describeRemoval(archived)}`);
}

async function decideHeldMembers(
  { ctx, client, value, view }: Click,
  decision: 'apply' | 'keep',
): Promise<void> {
  const { profileId, shown } = heldMembersButton.decode(value);
  const decided = await decideHeldRemovals(ctx, { profileId, shown, decision });
  const result = describeHeldDecision(decided, decision === 'keep');
  await updateModal(client, view?.id, profileView(await viewProfile(ctx, profileId), result));
}

function readWords({ state: { values } }: Submission['view']): ProfileSettings {
  return {
    name: readTypedText(values, 'name'),
    description: readTypedText(values, 'description'),
    ownerIds: readChoices(values, 'owners', idOption) ?? [],
    leaving: requireChoice(values, 'leaving', leavingOption),
    maxMembershipDays:
      readTypedText(values, 'longest').trim() === '' ? null : readNumber(values, 'longest'),
  };
}
