import { timestamp } from 'drizzle-orm/pg-core';

/** A point in time, as a Date. */
export const timestamptz = () => timestamp({ withTimezone: true, mode: 'date' });
