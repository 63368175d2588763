/** A message with nothing to decide. Plain text: each surface escapes it. */
export interface Notice {
  title: string;
  lines: string[];
  /** The whole message in one sentence, for the notification, screen readers and the e-mail preview. */
  summary: string;
}
