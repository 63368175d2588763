import type { App } from '@slack/bolt';
import { addMembers } from '../../../governance/profiles/enroll.ts';
import { offerProfile, requestProfile } from '../../../governance/profiles/request-profile.ts';
import { mayEnroll } from '../../../governance/profiles/rights.ts';
import {
  listAccessProfiles,
  listMemberPage,
  viewProfile,
} from '../../../governance/profiles/view.ts';
import { openModal, updateModal } from '../../answers.ts';
import { option } from '../../blocks/kit/elements.ts';
import { addMembersView, membersView, profileView } from '../../blocks/profiles/profile.ts';
import { archiveView, editProfileView } from '../../blocks/profiles/profile-forms.ts';
import { profilesView } from '../../blocks/profiles/profile-list.ts';
import { requestProfileView } from '../../blocks/profiles/profile-request.ts';
import { requestedView } from '../../blocks/requests/request.ts';
import { carried, ids } from '../../ids.ts';
import { type Click, fieldOf, onAction, onSearch, onSubmit } from '../../listen.ts';
import type { SlackDeps } from '../../people.ts';
import { backToProfile } from './profile-back.ts';
import { enrolledNews } from './profile-news.ts';

/** Which profiles there are, what is in one and who, and asking for one. */
export function listenToProfiles(app: App, deps: SlackDeps): void {
  listenToList(app, deps);

  onAction(app, deps, ids.profileView, async ({ ctx, client, value, triggerId, view }) => {
    const draw = async () => profileView(await viewProfile(ctx, Number(value)));
    await openModal(client, triggerId, draw, view?.type === 'modal');
  });

  onAction(app, deps, ids.profileAdd, async ({ ctx, client, value, triggerId, view }) => {
    const draw = async () => addMembersView(await viewProfile(ctx, Number(value)));
    await openModal(client, triggerId, draw, view?.type === 'modal');
  });

  onSubmit(app, deps, ids.profileEnroll, 'people', async ({ ctx, client, view }) => {
    const { values } = view.state;
    const chosen = fieldOf(values, 'people')?.selected_options ?? [];
    const enrolled = await addMembers(ctx, {
      profileId: Number(view.private_metadata),
      personIds: chosen.map((option) => Number(option.value)),
      wholeCohort: (fieldOf(values, 'cohort')?.selected_options ?? []).length > 0,
      createRequests: (fieldOf(values, 'requests')?.selected_options ?? []).length > 0,
    });
    return backToProfile({ ctx, client, view }, enrolled.profile.id, enrolledNews(enrolled));
  });

  onAction(app, deps, ids.profileMembers, async (click) => {
    const { ctx, client, value, triggerId, view } = click;
    const [id, page] = (carried(click.actionId) || value).split('.').map(Number);
    const draw = async () => membersView(await listMemberPage(ctx, id ?? 0, page ?? 0));
    if (view?.private_metadata) return updateModal(client, view.id, await draw());
    await openModal(client, triggerId, draw, view?.type === 'modal');
  });

  listenToRequests(app, deps);
}

function listenToList(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.profileList, async ({ ctx, client, value, triggerId, view }) => {
    const [page = 0, archived = 0] = value.split('.').map(Number);
    const draw = async () =>
      profilesView(await listAccessProfiles(ctx, { words: '', archived: archived === 1, page }));
    if (view?.type === 'modal') return updateModal(client, view.id, await draw());
    await openModal(client, triggerId, draw);
  });

  onSearch(app, deps, ids.profileSearch, async (ctx, words) => {
    const found = await listAccessProfiles(ctx, { words, archived: false, page: 0, size: 100 });
    return found.rows.map(({ profile }) =>
      option(profile.name, String(profile.id), profile.description ?? undefined),
    );
  });

  onAction(app, deps, ids.profileSearch, async (click) => {
    const { ctx, client, value, triggerId, view } = click;
    const draw = async () =>
      (await mayEnroll(ctx, Number(value)))
        ? profileView(await viewProfile(ctx, Number(value)))
        : offerView(click, Number(value));
    await openModal(client, triggerId, draw, view?.type === 'modal');
  });
}

function listenToRequests(app: App, deps: SlackDeps): void {
  onAction(app, deps, ids.profileRequest, async (click) => {
    const { client, value, triggerId, view } = click;
    const draw = () => offerView(click, Number(value));
    await openModal(client, triggerId, draw, view?.type === 'modal');
  });

  /** The menu of a profile: `edit.12` */
  onAction(app, deps, ids.profileMore, async (click) => {
    const { ctx, client, value, triggerId, view } = click;
    const [what, id] = value.split('.');
    const draw = async () => {
      if (what === 'request') return offerView(click, Number(id));
      const profile = await viewProfile(ctx, Number(id));
      return what === 'edit' ? editProfileView(profile) : archiveView(profile);
    };
    await openModal(client, triggerId, draw, view?.type === 'modal');
  });

  onSubmit(app, deps, ids.profileRequestSubmit, 'reason', submitRequest, true);
}

async function submitRequest({ ctx, view }: Parameters<Parameters<typeof onSubmit>[4]>[0]) {
  const { values } = view.state;
  const requested = await requestProfile(ctx, {
    profileId: Number(view.private_metadata),
    personId: Number(fieldOf(values, 'person')?.selected_option?.value ?? ctx.actor.personId),
    reason: fieldOf(values, 'reason')?.value ?? '',
  });
  return requestedView(requested, null);
}

async function offerView({ ctx }: Click, profileId: number) {
  const me = { id: ctx.actor.personId, name: ctx.actor.name };
  return requestProfileView(await offerProfile(ctx, profileId), me);
}
