import type { App } from '@slack/bolt';
import { addMembers, type Enrolled, viewProfile } from '../../governance/profiles.ts';
import { openModal } from '../answers.ts';
import { addMembersView, profileView } from '../blocks/profile.ts';
import { count } from '../blocks/suggestion.ts';
import { ids } from '../ids.ts';
import { fieldOf, onAction, onSubmit } from '../listen.ts';
import type { SlackDeps } from '../people.ts';

export function listenToProfiles(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.profileView, async ({ ctx, client, value, triggerId, view }) => {
    const draw = async () => profileView(await viewProfile(ctx, Number(value)));
    await openModal(client, triggerId, draw, view?.type === 'modal');
  });

  onAction(app, deps, ids.profileAdd, async ({ ctx, client, value, triggerId, view }) => {
    const draw = async () => addMembersView(await viewProfile(ctx, Number(value)));
    await openModal(client, triggerId, draw, view?.type === 'modal');
  });

  onSubmit(app, deps, ids.profileEnroll, 'people', async ({ ctx, view }) => {
    const { values } = view.state;
    const chosen = fieldOf(values, 'people')?.selected_options ?? [];
    const enrolled = await addMembers(ctx, {
      profileId: Number(view.private_metadata),
      personIds: chosen.map((option) => Number(option.value)),
      wholeCohort: (fieldOf(values, 'cohort')?.selected_options ?? []).length > 0,
      createRequests: (fieldOf(values, 'requests')?.selected_options ?? []).length > 0,
    });
    return profileView(await viewProfile(ctx, enrolled.profile.id), newsOf(enrolled));
  });
}

function newsOf({ added, alreadyMembers, opened, skipped }: Enrolled): string {
  const lines = [
    `${count(added, 'person', 'people')} enrolled${alreadyMembers > 0 ? `, ${alreadyMembers} were members already` : ''}.`,
    opened > 0
      ? `${count(opened, 'request')} opened; their approvers are told now.`
      : 'No request was opened.',
    ...[...new Set(skipped)].slice(0, 5),
  ];
  return lines.join(' ');
}
