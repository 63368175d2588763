import type { Output } from '../jobs/command-socket.ts';

/** A line on a terminal that says what goes on; nothing where errors go to a file or a pipe. */
export interface Progress {
  /** @param share 0–1 of what is to be done, for a bar. */
  show(text: string, share?: number): void;
  /** The same output, which takes the line away before it prints. */
  output: Output;
  close(): void;
}

const barWidth = 24;
/** Between two drawings, so that drawing costs nothing. */
const pauseMs = 100;

/** @param terminal where the line is drawn, when it is one. */
export function openProgress(
  output: Output,
  terminal: { isTTY?: boolean; write(text: string): unknown } = process.stderr,
): Progress {
  let isShown = false;
  let drawnAt = Number.NEGATIVE_INFINITY;
  const clear = () => {
    if (isShown) terminal.write('\r\u001b[K');
    isShown = false;
  };
  const show = (text: string, share?: number) => {
    const now = performance.now();
    if (!terminal.isTTY || now - drawnAt < pauseMs) return;
    drawnAt = now;
    isShown = true;
    terminal.write(`\r\u001b[K${share === undefined ? text : `${bar(share)} ${text}`}`);
  };
  const clearing: Output = {
    out: (text) => {
      clear();
      output.out(text);
    },
    err: (text) => {
      clear();
      output.err(text);
    },
  };
  return { show, output: clearing, close: clear };
}

function bar(share: number): string {
  const full = Math.round(barWidth * Math.min(1, Math.max(0, share)));
  return `[${'█'.repeat(full)}${'░'.repeat(barWidth - full)}]`;
}
