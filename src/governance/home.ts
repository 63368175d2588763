import { updateSlackIdentity } from '../store/people.ts';
import type { ActorCtx } from './context.ts';
import { type Inbox, loadInbox } from './inbox.ts';
import { type HeldAccess, listMyAccess } from './my-access.ts';
import { listMyRequests, type MyRequests } from './my-requests.ts';
import { listSuggestions, type SuggestionList } from './suggestions.ts';

/** A person's start page: what waits for them, what they asked for and hold. */
export interface Home {
  inbox: Inbox;
  requests: MyRequests;
  access: HeldAccess[];
  /** For Super Admins only. */
  suggestions: SuggestionList | undefined;
}

const shownRequests = 5;

/** What a person's App Home shows. */
export async function loadHome(ctx: ActorCtx): Promise<Home> {
  return {
    inbox: await loadInbox(ctx),
    requests: await listMyRequests(ctx, shownRequests),
    access: await listMyAccess(ctx),
    suggestions: ctx.actor.roles.includes('super_admin') ? await listSuggestions(ctx) : undefined,
  };
}

/** The App Home of a person who opens it; from now on it is kept up to date. */
export async function openHome(ctx: ActorCtx): Promise<Home> {
  await updateSlackIdentity(ctx.db, ctx.actor.personId, { homeOpenedAt: ctx.now });
  return loadHome(ctx);
}
