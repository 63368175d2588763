import { viewProfile } from '../../../governance/profiles/view.ts';
import { type SubmissionResult, updateModal } from '../../answers.ts';
import { profileView } from '../../blocks/profiles/profile.ts';
import type { Submission } from '../../listen.ts';

/**
 * Closes a form of a profile and draws the profile below it again with the result. A new modal would not fit: Slack
 * stacks three.
 */
export async function returnToProfile(
  { ctx, client, view }: Submission,
  profileId: number,
  result: string,
): Promise<SubmissionResult> {
  const drawn = profileView(await viewProfile(ctx, profileId), result);
  if (!view.previous_view_id) return drawn;
  await updateModal(client, view.previous_view_id, drawn);
  return 'close';
}
