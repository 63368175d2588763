import type { Output } from '../jobs/command-socket.ts';

/** A progress line on a terminal. Nothing is drawn if errors go to a file or a pipe. */
export interface Progress {
  /** @param share the share done so far, 0–1; draws a bar. */
  show(text: string, share?: number): void;
  /** The same output. It clears the progress line before it prints. */
  output: Output;
  close(): void;
}

const barWidth = 24;
/** Limits how often the line is drawn, so that drawing costs no time. */
const minDrawIntervalMs = 100;

/** @param terminal receives the line, if it is a terminal. */
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
    if (!terminal.isTTY || now - drawnAt < minDrawIntervalMs) return;
    drawnAt = now;
    isShown = true;
    terminal.write(`\r\u001b[K${share === undefined ? text : `${drawBar(share)} ${text}`}`);
  };
  const clearingOutput: Output = {
    out: (text) => {
      clear();
      output.out(text);
    },
    err: (text) => {
      clear();
      output.err(text);
    },
  };
  return { show, output: clearingOutput, close: clear };
}

function drawBar(share: number): string {
  const full = Math.round(barWidth * Math.min(1, Math.max(0, share)));
  return `[${'█'.repeat(full)}${'░'.repeat(barWidth - full)}]`;
}
