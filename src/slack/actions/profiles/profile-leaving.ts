import type { App } from '@slack/bolt';
import {
  findEnrolledPeople,
  type Leaving,
  unenroll,
} from '../../../governance/profiles/unenroll.ts';
import { viewProfile } from '../../../governance/profiles/view.ts';
import { openModal } from '../../answers.ts';
import { option, personOption } from '../../blocks/kit/elements.ts';
import { removeMembersView } from '../../blocks/profiles/profile-leaving.ts';
import { carried, ids } from '../../ids.ts';
import { fieldOf, onAction, onSearch, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { backToProfile } from './profile-back.ts';
import { leftNews } from './profile-news.ts';

export function listenToProfileLeaving(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.profileRemove, async ({ ctx, client, value, triggerId, view }) => {
    const draw = async () => removeMembersView((await viewProfile(ctx, Number(value))).profile);
    await openModal(client, triggerId, draw, view?.type === 'modal');
  });

  onSearch(app, deps, ids.profileMember, async (ctx, query, actionId) => {
    const found = await findEnrolledPeople(ctx, Number(carried(actionId)), query);
    return found.map(personOption);
  });

  onSubmit(app, deps, ids.profileUnenroll, 'people', async ({ ctx, client, view }) => {
    const { values } = view.state;
    const people = fieldOf(values, 'people')?.selected_options ?? [];
    const leaving = fieldOf(values, 'leaving')?.selected_option?.value ?? '';
    const [yes] = fieldOf(values, 'confirmed')?.selected_options ?? [];
    const result = await unenroll(ctx, {
      profileId: Number(view.private_metadata),
      personIds: people.map(({ value }) => Number(value)),
      leaving: leaving as Leaving,
      confirmed: yes && Number(yes.value),
    });
    if (result.kind === 'paused') {
      const chosen = people.map(({ text, value }) => option(text.text, value));
      return removeMembersView(result.profile, { ...result, people: chosen, leaving });
    }
    return backToProfile({ ctx, client, view }, result.profile.id, leftNews(result));
  });
}
