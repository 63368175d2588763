import type { WebClient } from '@slack/web-api';
import { Refusal } from '../errors.ts';
import type { CsvFile } from '../governance/simulations/export-csv.ts';
import { retryWhenLimited, slackErrorCode } from './clients.ts';
import { escapeMrkdwn } from './limits.ts';

const maxRetries = 3;

/**
 * Sends a file to a person, in their conversation with the app. The client tells Slack the name and length, posts the
 * bytes where it is told, and completes that with the conversation: without one, only the app would see the file.
 * @throws Refusal unavailable: the scope for it is missing, or the workspace takes no files.
 */
export async function sendFile(
  client: WebClient,
  userId: string,
  { name, text, title }: CsvFile,
): Promise<void> {
  try {
    await retryWhenLimited(async () => {
      const { channel } = await client.conversations.open({ users: userId });
      await client.filesUploadV2({
        channel_id: channel?.id ?? '',
        filename: name,
        title,
        file: Buffer.from(text),
        initial_comment: escapeMrkdwn(title),
      });
    }, maxRetries);
  } catch (error) {
    const sentence = refusals[slackErrorCode(error) ?? ''];
    throw sentence ? new Refusal('unavailable', sentence) : error;
  }
}

const refusals: Record<string, string> = {
  missing_scope:
    'Rolemine may not send files in this workspace: add the optional scope files:write to the Slack app and install it again.',
  file_uploads_disabled: 'This workspace takes no files, so that there is nothing to download.',
  file_upload_size_restricted: 'This workspace takes no file of this size.',
  storage_limit_reached: 'This workspace has no room left for files.',
};
