/** Slack takes about one message a second and channel. The extra time allows for differences between the clocks. */
const minPostGapMs = 1_050;
/** A delivery waits up to this time. After a longer wait the row goes back to the outbox. */
const maxWaitMs = 400;
/** chat.update is a tier 3 method: 50 a minute and workspace, in short bursts. */
const maxUpdatesPerMinute = 50;
/** The updates of these that are reserved for cards that somebody has just clicked. */
const reservedForClicks = 15;
/** views.publish is a tier 4 method: 100 a minute and workspace. Homes that people open need some of them. */
const minHomeGapMs = 750;

/** A delivery goes ahead after `waitMs`, or comes back at its own slot. */
export type Turn = { waitMs: number } | { slot: Date };

/**
 * Keeps deliveries within Slack's published rates, so that refusals are rare. A delivery that does not fit now gets
 * its own slot: rows that all came back at the same moment would be postponed again and again.
 */
export class Pace {
  private readonly nextPost = new Map<string, number>();
  private readonly lastSlot = new Map<string, number>();
  private updates: number[] = [];
  /** The slot that a copy waits for, by queue and copy. */
  private readonly slots = new Map<string, number>();
  private nextHome = 0;
  private lastHomeSlot = 0;
  private readonly lastUpdateSlot = { urgent: 0, other: 0 };

  /** The turn of a new message in a conversation. */
  takePostTurn(conversation: string, now = Date.now()): Turn {
    const free = this.nextPost.get(conversation) ?? 0;
    if (free <= now + maxWaitMs) {
      this.nextPost.set(conversation, Math.max(now, free) + minPostGapMs);
      this.dropOldSlots(now);
      return { waitMs: Math.max(0, free - now) };
    }
    const slot = Math.max(free, (this.lastSlot.get(conversation) ?? 0) + minPostGapMs);
    this.lastSlot.set(conversation, slot);
    return { slot: new Date(slot) };
  }

  /** The turn of a redraw. `urgent`: somebody is looking at the card. */
  takeUpdateTurn(urgent: boolean, now = Date.now()): Turn {
    if (this.hasUpdateLeft(urgent, now)) {
      this.updates.push(now);
      return { waitMs: 0 };
    }
    return { slot: new Date(this.nextUpdateSlot(urgent, now)) };
  }

  /**
   * Checks the turn of a redraw before anything is drawn, and does not take it. A copy keeps its place in the queue
   * while its contents change, and no copy passes those that wait.
   */
  checkUpdateTurn(copy: string, urgent: boolean, now = Date.now()): Turn {
    const queue = queueOf(urgent);
    const isWaitedFor = this.lastUpdateSlot[queue] > now;
    const place = this.slots.get(`${queue}:${copy}`);
    const isOnTurn = place === undefined ? !isWaitedFor : place <= now;
    if (isOnTurn && this.hasUpdateLeft(urgent, now)) {
      this.slots.delete(`${queue}:${copy}`);
      return { waitMs: 0 };
    }
    return this.keepSlot(`${queue}:${copy}`, now, () => this.nextUpdateSlot(urgent, now));
  }

  /** The turn of a person's App Home. It keeps its place in the queue, too. */
  takeHomeTurn(person: number, now = Date.now()): Turn {
    const home = `home:${person}`;
    const place = this.slots.get(home);
    const free = this.nextHome;
    const isOnTurn = place === undefined ? this.lastHomeSlot <= now : place <= now;
    if (isOnTurn && free <= now + maxWaitMs) {
      this.slots.delete(home);
      this.nextHome = Math.max(now, free) + minHomeGapMs;
      return { waitMs: Math.max(0, free - now) };
    }
    return this.keepSlot(home, now, () => {
      this.lastHomeSlot = Math.max(free, this.lastHomeSlot + minHomeGapMs);
      return this.lastHomeSlot;
    });
  }

  private hasUpdateLeft(urgent: boolean, now: number): boolean {
    this.updates = this.updates.filter((time) => time > now - 60_000);
    return this.updates.length < countUpdates(urgent);
  }

  private nextUpdateSlot(urgent: boolean, now: number): number {
    const most = countUpdates(urgent);
    const queue = queueOf(urgent);
    const last = this.lastUpdateSlot[queue] + 60_000 / most;
    const free = (this.updates[this.updates.length - most] ?? now - 60_000) + 60_000;
    this.lastUpdateSlot[queue] = Math.max(last, free);
    return this.lastUpdateSlot[queue];
  }

  private keepSlot(name: string, now: number, next: () => number): Turn {
    const place = this.slots.get(name);
    const slot = place !== undefined && place > now ? place : Math.ceil(next());
    this.slots.set(name, slot);
    return { slot: new Date(slot) };
  }

  private dropOldSlots(now: number): void {
    for (const [name, slot] of this.slots) if (slot < now - 60_000) this.slots.delete(name);
    if (this.nextPost.size < 5_000) return;
    for (const [key, free] of this.nextPost) {
      if (free > now) continue;
      this.nextPost.delete(key);
      this.lastSlot.delete(key);
    }
  }
}

function countUpdates(urgent: boolean): number {
  return urgent ? maxUpdatesPerMinute : maxUpdatesPerMinute - reservedForClicks;
}

/** Two queues: the card that a person clicked does not wait behind hundreds that nobody looks at. */
function queueOf(urgent: boolean): 'urgent' | 'other' {
  return urgent ? 'urgent' : 'other';
}
