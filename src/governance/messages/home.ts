import { findSlackIdentity, updateSlackIdentity } from '../../store/people/slack-identities.ts';
import { listMyAccess, type MyAccess } from '../access/my-access.ts';
import { type ActorCtx, inTransaction } from '../context.ts';
import { listDelegations, type OwnDelegations } from '../delegations/delegations.ts';
import { type PreferencesForm, readPreferences } from '../notifications/preferences.ts';
import { redrawHomes } from '../notifications/redraw.ts';
import { hasPermission, type Permission } from '../permissions.ts';
import { listSuggestions, type SuggestionList } from '../role-mining/suggestions.ts';
import { listHeldImports, type WaitingImport } from '../sync/held-import-card.ts';
import { type Inbox, type InboxPlace, loadInbox } from '../task-cards/inbox.ts';
import { listMyRequests, type MyRequests } from '../task-cards/my-requests.ts';
import { listConcerns } from './admin-concerns.ts';

/** A person's start page: what waits for them, what they asked for and hold. */
export interface Home {
  inbox: Inbox;
  requests: MyRequests;
  access: MyAccess[];
  delegations: OwnDelegations;
  preferences: PreferencesForm;
  /** For those who administer something: what to look at, and what they may manage. */
  concerns: string[];
  heldImports: WaitingImport[];
  manages: Permission[];
  /** For Super Admins only. */
  suggestions: SuggestionList | undefined;
}

const shownRequests = 5;
/** What has a view of its own to manage it in. */
const managed: Permission[] = [
  'reassignAnyTask',
  'manageProfiles',
  'manageApplications',
  'managePolicies',
  'manageUsers',
];

/** What a person's App Home shows. */
export async function loadHome(ctx: ActorCtx): Promise<Home> {
  const identity = await findSlackIdentity(ctx.db, ctx.actor.personId);
  return {
    inbox: await loadInbox(ctx, identity?.homePlace),
    requests: await listMyRequests(ctx, shownRequests),
    access: await listMyAccess(ctx),
    delegations: await listDelegations(ctx),
    preferences: await readPreferences(ctx),
    concerns: await listConcerns(ctx),
    heldImports: await listHeldImports(ctx),
    manages: managed.filter((permission) => hasPermission(ctx.actor.roles, permission)),
    suggestions: ctx.actor.roles.includes('super_admin') ? await listSuggestions(ctx) : undefined,
  };
}

/** The App Home of a person who opens it; from now on it is kept up to date. */
export async function openHome(ctx: ActorCtx): Promise<Home> {
  await updateSlackIdentity(ctx.db, ctx.actor.personId, { homeOpenedAt: ctx.now });
  return loadHome(ctx);
}

/**
 * The App Home of a person who turns to another list or page, where it stays. It is drawn by the outbox, too: an
 * older drawing that is on its way there would else have the last word.
 */
export async function turnHome(ctx: ActorCtx, place: InboxPlace): Promise<Home> {
  await inTransaction(ctx, async (ctx) => {
    await updateSlackIdentity(ctx.db, ctx.actor.personId, { homePlace: place });
    await redrawHomes(ctx, [ctx.actor.personId]);
  });
  return loadHome(ctx);
}
