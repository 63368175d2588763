/** Something told about which there is nothing to decide. Plain text; each surface escapes it for itself. */
export interface Notice {
  title: string;
  lines: string[];
  /** The full sense in one sentence: notification, screen reader, e-mail preview. */
  summary: string;
}
