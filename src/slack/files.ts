import type { WebClient } from '@slack/web-api';
import { Refusal } from '../errors.ts';
import type { CsvFile } from '../governance/simulations/export-csv.ts';
import { retryWhenLimited, slackErrorCode } from './clients.ts';
import { escapeMrkdwn } from './limits.ts';

const maxRetries = 3;

/**
 * Sends a file to a person in their conversation with the app. Without a conversation only the app would see the
 * file.
 * @throws Refusal unavailable: the scope is missing, or the workspace does not accept files.
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
    'Rolemine may not send files in this workspace. Add the optional scope files:write to the Slack app and install it again.',
  file_uploads_disabled: 'This workspace does not accept files, so the CSV file cannot be sent.',
  file_upload_size_restricted: 'This workspace does not accept files of this size.',
  storage_limit_reached: 'This workspace has no storage left for files.',
};
