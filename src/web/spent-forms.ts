import { createHash } from 'node:crypto';

/** A form can be sent for two hours (form-token.ts), so an older one needs no memory. */
const keptMs = 3 * 3_600_000;
const maxKept = 10_000;

/** Remembers the forms that were sent, by all their fields, so that a second press of a button acts once. */
export class SpentForms {
  private readonly sentAt = new Map<string, number>();

  /**
   * Runs the action of a form unless the same form was sent before. A refused form may be sent again.
   * @param fields all fields of the form, with its token
   * @returns whether the action ran
   */
  async once(fields: object, now: Date, action: () => Promise<void>): Promise<boolean> {
    const key = createHash('sha256').update(JSON.stringify(fields)).digest('base64');
    if (this.sentAt.has(key)) return false;
    this.sentAt.set(key, now.getTime());
    this.forgetOld(now);
    try {
      await action();
      return true;
    } catch (error) {
      this.sentAt.delete(key);
      throw error;
    }
  }

  /** A Map keeps the order of insertion, so the oldest forms come first. */
  private forgetOld(now: Date): void {
    for (const [key, at] of this.sentAt) {
      if (now.getTime() - at < keptMs && this.sentAt.size <= maxKept) return;
      this.sentAt.delete(key);
    }
  }
}
