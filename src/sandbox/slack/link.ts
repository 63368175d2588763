import type { Dict } from '../dict.ts';

export type EnvelopeType = 'slash_commands' | 'interactive' | 'events_api';

/** The result of a delivery to the app. */
export type LinkDelivery =
  | { kind: 'acknowledged'; payload: unknown }
  /** No answer within three seconds: people see `operation_timeout`. */
  | { kind: 'late' }
  /** No connection, or an error as answer: people see `dispatch_failed`. */
  | { kind: 'failed' };

/** The connection to the app: Socket Mode or HTTP. */
export interface AppLink {
  deliver(type: EnvelopeType, payload: Dict): Promise<LinkDelivery>;
}
