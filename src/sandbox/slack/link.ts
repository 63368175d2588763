import type { Dict } from '../dict.ts';

export type EnvelopeType = 'slash_commands' | 'interactive' | 'events_api';

/** What became of something sent to the app. */
export type LinkDelivery =
  | { kind: 'acknowledged'; payload: unknown }
  /** Nothing within three seconds: people read `operation_timeout`. */
  | { kind: 'late' }
  /** No connection, or an answer that is no success: people read `dispatch_failed`. */
  | { kind: 'failed' };

/** The way to the app: Socket Mode or HTTP. */
export interface AppLink {
  deliver(type: EnvelopeType, payload: Dict): Promise<LinkDelivery>;
}
