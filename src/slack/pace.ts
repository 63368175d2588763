/** Slack takes about one message a second and channel; a little more keeps clear of its clock. */
const betweenPostsMs = 1_050;
/** A wait this short is sat out; a longer one goes back to the outbox. */
const sitOutMs = 400;
/** chat.update is a tier 3 method: 50 a minute and workspace, in short bursts. */
const updatesPerMinute = 50;
/** Of these, kept free for cards that somebody has just clicked on. */
const keptForClicks = 15;

/** An App Home is drawn again no sooner after the last time. */
const betweenHomesMs = 2_000;

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
  private readonly lastHome = new Map<number, number>();
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
    const turn = this.mayUpdate(urgent, now);
    if ('waitMs' in turn) this.updates.push(now);
    return turn;
  }

  /** Whether a redraw could go ahead now, before it is drawn for nothing. */
  mayUpdate(urgent: boolean, now = Date.now()): Turn {
    this.updates = this.updates.filter((time) => time > now - 60_000);
    const most = urgent ? updatesPerMinute : updatesPerMinute - keptForClicks;
    if (this.updates.length < most) return { waitMs: 0 };
    const free = (this.updates[this.updates.length - most] ?? now) + 60_000;
    // A queue each: whoever clicked does not wait behind hundreds of cards that nobody looks at.
    const queue = urgent ? 'urgent' : 'other';
    const slot = Math.max(this.lastUpdateSlot[queue] + 60_000 / most, free);
    this.lastUpdateSlot[queue] = slot;
    return { slot: new Date(slot) };
  }

  /** The turn of a person's App Home: what changes in quick succession is drawn once. */
  publish(person: number, now = Date.now()): Turn {
    const free = (this.lastHome.get(person) ?? 0) + betweenHomesMs;
    if (free > now) return { slot: new Date(free) };
    if (this.lastHome.size > 5_000) this.lastHome.clear();
    this.lastHome.set(person, now);
    return { waitMs: 0 };
  }

  private forget(now: number): void {
    if (this.nextPost.size < 5_000) return;
    for (const [key, free] of this.nextPost) {
      if (free > now) continue;
      this.nextPost.delete(key);
      this.lastSlot.delete(key);
    }
  }
}
