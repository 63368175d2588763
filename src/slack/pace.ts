/** Slack takes about one message a second and channel; a little more keeps clear of its clock. */
const betweenPostsMs = 1_050;
/** A wait this short is sat out; a longer one goes back to the outbox. */
const sitOutMs = 400;
/** chat.update is a tier 3 method: 50 a minute and workspace, in short bursts. */
const updatesPerMinute = 50;
/** Of these, kept free for cards that somebody has just clicked on. */
const keptForClicks = 15;
/** views.publish is a tier 4 method, 100 a minute and workspace; what is opened by hand needs some, too. */
const betweenHomesMs = 750;

/** Go ahead after so many milliseconds, or come back at a slot of your own. */
export type Turn = { waitMs: number } | { slot: Date };

/**
 * Keeps deliveries within Slack's published rates, so that a refusal is the exception. What does not fit now
 * gets a slot of its own: rows that all came back at the same moment would be put off again and again.
 */
export class Pace {
  private readonly nextPost = new Map<string, number>();
  private readonly lastSlot = new Map<string, number>();
  private updates: number[] = [];
  /** By queue and copy: the slot it waits for. */
  private readonly places = new Map<string, number>();
  private nextHome = 0;
  private lastHomeSlot = 0;
  private readonly lastUpdateSlot = { urgent: 0, other: 0 };

  /** The turn of a new message in a conversation. */
  post(conversation: string, now = Date.now()): Turn {
    const free = this.nextPost.get(conversation) ?? 0;
    if (free <= now + sitOutMs) {
      this.nextPost.set(conversation, Math.max(now, free) + betweenPostsMs);
      this.forget(now);
      return { waitMs: Math.max(0, free - now) };
    }
    const slot = Math.max(free, (this.lastSlot.get(conversation) ?? 0) + betweenPostsMs);
    this.lastSlot.set(conversation, slot);
    return { slot: new Date(slot) };
  }

  /** The turn of a redraw; `urgent` when somebody is looking at the card. */
  update(urgent: boolean, now = Date.now()): Turn {
    if (this.hasUpdate(urgent, now)) {
      this.updates.push(now);
      return { waitMs: 0 };
    }
    return { slot: new Date(this.nextUpdateSlot(urgent, now)) };
  }

  /**
   * The same before anything is drawn, and without taking the turn. Whatever a copy is to show by then, it keeps
   * the place in the queue that it has; and nobody goes past those who wait.
   */
  mayUpdate(copy: string, urgent: boolean, now = Date.now()): Turn {
    const queue = queueOf(urgent);
    const isWaitedFor = this.lastUpdateSlot[queue] > now;
    const place = this.places.get(`${queue}:${copy}`);
    const isOnTurn = place === undefined ? !isWaitedFor : place <= now;
    if (isOnTurn && this.hasUpdate(urgent, now)) {
      this.places.delete(`${queue}:${copy}`);
      return { waitMs: 0 };
    }
    return this.keepPlace(`${queue}:${copy}`, now, () => this.nextUpdateSlot(urgent, now));
  }

  /** The turn of somebody's App Home, which keeps its place in the queue in the same way. */
  publish(person: number, now = Date.now()): Turn {
    const home = `home:${person}`;
    const place = this.places.get(home);
    const free = this.nextHome;
    const isOnTurn = place === undefined ? this.lastHomeSlot <= now : place <= now;
    if (isOnTurn && free <= now + sitOutMs) {
      this.places.delete(home);
      this.nextHome = Math.max(now, free) + betweenHomesMs;
      return { waitMs: Math.max(0, free - now) };
    }
    return this.keepPlace(home, now, () => {
      this.lastHomeSlot = Math.max(free, this.lastHomeSlot + betweenHomesMs);
      return this.lastHomeSlot;
    });
  }

  private hasUpdate(urgent: boolean, now: number): boolean {
    this.updates = this.updates.filter((time) => time > now - 60_000);
    return this.updates.length < maxUpdates(urgent);
  }

  private nextUpdateSlot(urgent: boolean, now: number): number {
    const most = maxUpdates(urgent);
    const queue = queueOf(urgent);
    const last = this.lastUpdateSlot[queue] + 60_000 / most;
    const free = (this.updates[this.updates.length - most] ?? now - 60_000) + 60_000;
    this.lastUpdateSlot[queue] = Math.max(last, free);
    return this.lastUpdateSlot[queue];
  }

  private keepPlace(name: string, now: number, next: () => number): Turn {
    const place = this.places.get(name);
    const slot = place !== undefined && place > now ? place : Math.ceil(next());
    this.places.set(name, slot);
    return { slot: new Date(slot) };
  }

  private forget(now: number): void {
    for (const [name, slot] of this.places) if (slot < now - 60_000) this.places.delete(name);
    if (this.nextPost.size < 5_000) return;
    for (const [key, free] of this.nextPost) {
      if (free > now) continue;
      this.nextPost.delete(key);
      this.lastSlot.delete(key);
    }
  }
}

function maxUpdates(urgent: boolean): number {
  return urgent ? updatesPerMinute : updatesPerMinute - keptForClicks;
}

/** A queue each: whoever clicked does not wait behind hundreds of cards that nobody looks at. */
function queueOf(urgent: boolean): 'urgent' | 'other' {
  return urgent ? 'urgent' : 'other';
}
