import type { Dict } from '../dict.ts';
import type { Views } from './views.ts';
import type { SandboxWorkspace } from './workspace.ts';

/** One call of the Web API with its context. */
export interface ApiCall {
  args: Dict;
  workspace: SandboxWorkspace;
  views: Views;
  baseUrl: string;
  scopes: string[];
  isMessagesTabOn: boolean;
  files: Map<string, UploadedFile>;
  openSocketUrl: () => string;
}

/** An uploaded file, before a message shows it. */
export interface UploadedFile {
  id: string;
  name: string;
  title: string;
  bytes: Buffer | undefined;
}

/**
 * A method of the Web API. Rate: calls per minute (docs.slack.dev/apis/web-api/rate-limits, tiers
 * 1–4).
 */
export interface Method {
  args: readonly string[];
  perMinute: number;
  scope?: string;
  token?: 'app';
  run(call: ApiCall): Dict | Promise<Dict>;
}

export const tiers = { two: 20, three: 50, four: 100 } as const;
