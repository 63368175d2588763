import { keysOf } from '../../collections.ts';
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

/** The names of the channels, on every surface. */
export const channelWords: Record<Channel, string> = {
  slack: 'Slack, or e-mail when Slack cannot be reached',
  both: 'Slack and e-mail',
  email: 'E-mail only',
};
/** The names of the rhythms of summaries, on every surface. */
export const summaryWords: Record<SummaryPace, string> = {
  off: 'No summary',
  daily: 'Every working day',
  weekly: 'Every Monday',
};

/** How and when a person is notified. */
export interface Preferences {
  channel: Channel;
  summary: SummaryPace;
  /** Hours of the day, 0 to 24, in the person's time zone. From 22 until 6 goes over midnight. */
  workFromHour: number;
  workUntilHour: number;
}

/** A person's preferences as a form shows them. */
export interface PreferencesForm {
  /** The person's own choice; null: the organization's default. */
  own: OwnPreferences;
  organization: NotificationSettings;
  /** The preferences that apply. */
  inForce: Preferences;
}

/** A change of a person's own preferences. A field that is left out stays; null restores the organization's default. */
export type PreferencesChange = Partial<OwnPreferences>;

const noPreferences: OwnPreferences = {
  channel: null,
  summary: null,
  workFromHour: null,
  workUntilHour: null,
};

/** Reads the actor's own preferences. */
export async function readPreferences(ctx: ActorCtx): Promise<PreferencesForm> {
  const me = ctx.actor.personId;
  const own = (await listPreferences(ctx.db, [me])).get(me) ?? noPreferences;
  const organization = await getNotificationSettings(ctx.db);
  return { own, organization, inForce: combine(own, organization) };
}

/**
 * Saves the actor's own preferences.
 * @throws Refusal forbidden (another channel, while the organization's applies to everybody), invalid.
 */
export async function savePreferences(ctx: ActorCtx, change: PreferencesChange): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const { own, organization } = await readPreferences(ctx);
    const next = validateOwn({ ...own, ...omitUndefined(change) });
    if (organization.locked && next.channel !== own.channel) {
      throw new Refusal(
        'forbidden',
        `Your organization notifies everybody by: ${channelWords[organization.channel]}. A Super Admin can change that.`,
      );
    }
    await putPreferences(ctx.db, {
      personId: ctx.actor.personId,
      preferences: next,
      changedAt: ctx.now,
    });
    await audit(ctx, 'preferences.save', subjectOf.person(ctx.actor.personId), {
      before: pickPreferences(own),
      after: pickPreferences(next),
    });
    await redrawHomes(ctx, [ctx.actor.personId]);
  });
}

/** Reads the organization's defaults. @throws Refusal forbidden. */
export async function readNotificationSettings(ctx: ActorCtx): Promise<NotificationSettings> {
  await requirePermission(ctx, 'manageUsers');
  return getNotificationSettings(ctx.db);
}

/**
 * Saves the defaults for people without a choice of their own. `locked`: the channel applies to everybody.
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

/** Reads the preferences that apply to each of these people. */
export async function loadPreferences(
  ctx: Ctx,
  personIds: readonly number[],
): Promise<(personId: number) => Preferences> {
  const settings = await getNotificationSettings(ctx.db);
  const own = await listPreferences(ctx.db, personIds);
  return (personId) => combine(own.get(personId) ?? noPreferences, settings);
}

function combine(own: OwnPreferences, settings: NotificationSettings): Preferences {
  return {
    channel: settings.locked ? settings.channel : (own.channel ?? settings.channel),
    summary: own.summary ?? settings.summary,
    workFromHour: own.workFromHour ?? workingHours.from,
    workUntilHour: own.workUntilHour ?? workingHours.until,
  };
}

// The type of Object.keys does not know the keys of the record.
const paces = keysOf(summaryWords);

function validateOwn(own: OwnPreferences): OwnPreferences {
  const { channel, summary, workFromHour: from, workUntilHour: until } = own;
  if ((from === null) !== (until === null)) {
    throw new Refusal('invalid', 'Enter both ends of your working hours, or neither.');
  }
  if (from !== null && until !== null) {
    if (![from, until].every((hour) => Number.isInteger(hour) && hour >= 0 && hour <= 24)) {
      throw new Refusal('invalid', 'Working hours are whole hours from 0 to 24.');
    }
    if (from % 24 === until % 24 && until - from !== 24) {
      throw new Refusal('invalid', 'Your working hours end when they begin. Choose a later end.');
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
  throw new Refusal(
    'invalid',
    `“${String(value).slice(0, 40)}” is not one of ${known.join(', ')}.`,
  );
}

function pickPreferences(own: OwnPreferences): OwnPreferences {
  const { channel, summary, workFromHour, workUntilHour } = own;
  return { channel, summary, workFromHour, workUntilHour };
}

function omitUndefined(change: PreferencesChange): PreferencesChange {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}
