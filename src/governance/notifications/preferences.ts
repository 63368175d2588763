import { Refusal } from '../../errors.ts';
import {
  getNotificationSettings,
  listPreferences,
  type NotificationSettings,
  type OwnPreferences,
  putNotificationSettings,
  putPreferences,
} from '../../store/people/preferences.ts';
import { type Channel, channels, type SummaryPace } from '../../store/schema/messages.ts';
import { subjectOf } from '../audit-subjects.ts';
import { type ActorCtx, audit, type Ctx, inTransaction, requirePermission } from '../context.ts';
import { redrawHomes } from './redraw.ts';
import { workingHours } from './working-hours.ts';

export type { NotificationSettings };

/** How a channel is called wherever one chooses it. */
export const channelWords: Record<Channel, string> = {
  slack: 'Slack, or e-mail when Slack cannot be reached',
  both: 'Slack and e-mail',
  email: 'E-mail only',
};
export const summaryWords: Record<SummaryPace, string> = {
  off: 'No summary',
  daily: 'Every working day',
  weekly: 'Every Monday',
};

/** How a person is reached. */
export interface Preferences {
  channel: Channel;
  summary: SummaryPace;
  /** Hours of the day, 0 to 24, in the person's time zone; until 6 from 22 goes over midnight. */
  workFromHour: number;
  workUntilHour: number;
}

/** A person's preferences as a form shows them. */
export interface PreferencesForm {
  /** What the person chose; null: as the organisation has it. */
  own: OwnPreferences;
  organization: NotificationSettings;
  /** What holds. */
  inForce: Preferences;
}

/** What a person would change of their own; what is left out stays, null goes back to the organisation's. */
export type PreferencesChange = Partial<OwnPreferences>;

const nothingChosen: OwnPreferences = {
  channel: null,
  summary: null,
  workFromHour: null,
  workUntilHour: null,
};

/** The actor's own preferences. */
export async function readPreferences(ctx: ActorCtx): Promise<PreferencesForm> {
  const me = ctx.actor.personId;
  const own = (await listPreferences(ctx.db, [me])).get(me) ?? nothingChosen;
  const organization = await getNotificationSettings(ctx.db);
  return { own, organization, inForce: combine(own, organization) };
}

/**
 * Keeps what the actor chose for themselves.
 * @throws Refusal forbidden (another channel, while the organisation's holds for everybody), invalid.
 */
export async function savePreferences(ctx: ActorCtx, change: PreferencesChange): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const { own, organization } = await readPreferences(ctx);
    const next = checkOwn({ ...own, ...given(change) });
    if (organization.locked && next.channel !== own.channel) {
      throw new Refusal(
        'forbidden',
        `Your organisation reaches everybody the same way (${channelWords[organization.channel]}); a Super Admin can change that.`,
      );
    }
    await putPreferences(ctx.db, ctx.actor.personId, next, ctx.now);
    await audit(ctx, 'preferences.save', subjectOf.person(ctx.actor.personId), {
      before: chosen(own),
      after: chosen(next),
    });
    await redrawHomes(ctx, [ctx.actor.personId]);
  });
}

/** What the organisation chose for everybody who chose nothing. */
export async function readNotificationSettings(ctx: ActorCtx): Promise<NotificationSettings> {
  await requirePermission(ctx, 'manageUsers');
  return getNotificationSettings(ctx.db);
}

/**
 * Keeps how people are reached who chose nothing themselves; `locked`: everybody is reached that way.
 * @throws Refusal forbidden, invalid.
 */
export async function saveNotificationSettings(
  ctx: ActorCtx,
  settings: NotificationSettings,
): Promise<void> {
  await requirePermission(ctx, 'manageUsers');
  const next = {
    channel: oneOf(channels, settings.channel),
    summary: oneOf(paces, settings.summary),
    locked: settings.locked === true,
  };
  await inTransaction(ctx, async (ctx) => {
    const before = await getNotificationSettings(ctx.db);
    await putNotificationSettings(ctx.db, next, {
      changedBy: ctx.actor.personId,
      changedAt: ctx.now,
    });
    await audit(ctx, 'notifications.settings', subjectOf.notificationSettings(), {
      before,
      after: next,
    });
  });
}

/** How each of these people is reached. */
export async function loadPreferences(
  ctx: Ctx,
  personIds: readonly number[],
): Promise<(personId: number) => Preferences> {
  const settings = await getNotificationSettings(ctx.db);
  const own = await listPreferences(ctx.db, personIds);
  return (personId) => combine(own.get(personId) ?? nothingChosen, settings);
}

function combine(own: OwnPreferences, settings: NotificationSettings): Preferences {
  return {
    channel: settings.locked ? settings.channel : (own.channel ?? settings.channel),
    summary: own.summary ?? settings.summary,
    workFromHour: own.workFromHour ?? workingHours.from,
    workUntilHour: own.workUntilHour ?? workingHours.until,
  };
}

const paces = Object.keys(summaryWords) as SummaryPace[];

function checkOwn(own: OwnPreferences): OwnPreferences {
  const { channel, summary, workFromHour: from, workUntilHour: until } = own;
  if ((from === null) !== (until === null)) {
    throw new Refusal('invalid', 'Say from when and until when you work, or neither.');
  }
  if (from !== null && until !== null) {
    if (![from, until].every((hour) => Number.isInteger(hour) && hour >= 0 && hour <= 24)) {
      throw new Refusal('invalid', 'Working hours are whole hours from 0 to 24.');
    }
    if (from % 24 === until % 24 && until - from !== 24) {
      throw new Refusal('invalid', 'Your working hours end when they begin; choose a later end.');
    }
  }
  return {
    channel: channel === null ? null : oneOf(channels, channel),
    summary: summary === null ? null : oneOf(paces, summary),
    workFromHour: from,
    workUntilHour: until,
  };
}

function oneOf<T extends string>(known: readonly T[], value: T): T {
  if (known.includes(value)) return value;
  throw new Refusal('invalid', `“${String(value).slice(0, 40)}” is none of ${known.join(', ')}.`);
}

function chosen({ channel, summary, workFromHour, workUntilHour }: OwnPreferences): OwnPreferences {
  return { channel, summary, workFromHour, workUntilHour };
}

function given(change: PreferencesChange): PreferencesChange {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
