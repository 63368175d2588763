import type { App } from '@slack/bolt';
import type { ActorCtx } from '../../../governance/context.ts';
import { findEnrolledPeople, unenroll } from '../../../governance/profiles/unenroll.ts';
import { viewProfile } from '../../../governance/profiles/view.ts';
import { option, personOption } from '../../blocks/kit/elements.ts';
import { removeMembersView } from '../../blocks/profiles/profile-leaving.ts';
import { findField, readChoices, requireChoice } from '../../form.ts';
import { ids } from '../../ids.ts';
import { type Click, onAction, onSearch, onSubmit, type Submission } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { leavingOption, profileMemberId } from '../../state/profiles.ts';
import { idButton, idForm, idOption, numberOption } from '../../state/records.ts';
import { openOnTop } from '../../windows.ts';
import { describeRemoval } from './profile-results.ts';
import { returnToProfile } from './return-to-profile.ts';

/** Registers the form that removes members. */
export function listenToProfileLeaving(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.profileRemove, openRemovalForm);
  onSearch(app, deps, ids.profileMember, searchMembers);
  onSubmit(app, deps, { id: ids.profileUnenroll, field: 'people', handle: submitRemoval });
}

async function openRemovalForm(click: Click): Promise<void> {
  const id = idButton.decode(click.value);
  await openOnTop(click, async () => removeMembersView((await viewProfile(click.ctx, id)).profile));
}

async function searchMembers(ctx: ActorCtx, words: string, actionId: string) {
  const found = await findEnrolledPeople(ctx, profileMemberId.decode(actionId), words);
  return found.map(personOption);
}

/** A large removal needs confirmation of its number. */
async function submitRemoval(submission: Submission) {
  const { ctx, view } = submission;
  const { values } = view.state;
  const leaving = requireChoice(values, 'leaving', leavingOption);
  const result = await unenroll(ctx, {
    profileId: idForm.decode(view.private_metadata),
    personIds: readChoices(values, 'people', idOption) ?? [],
    leaving,
    confirmed: readChoices(values, 'confirmed', numberOption)?.[0],
  });
  if (result.kind === 'left') {
    return returnToProfile(submission, result.profile.id, describeRemoval(result));
  }
  const chosen = findField(values, 'people')?.selected_options ?? [];
  const people = chosen.map(({ text, value }) => option(text.text, value));
  return removeMembersView(result.profile, { ...result, people, leaving });
}
