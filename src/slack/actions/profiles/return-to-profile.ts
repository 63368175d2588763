import { viewProfile } from '../../../governance/profiles/view.ts';
import { type SubmissionResult, updateModal } from '../../answers.ts';
import { profileView } from '../../blocks/profiles/profile.ts';
import type { Submission } from '../../listen.ts';

/**
 * After a form of a profile: the form closes, and the profile below it is drawn anew with what became of it.
 * Slack takes three windows on each other, so that none is added.
 */
export async function returnToProfile(
  { ctx, client, view }: Submission,
  profileId: number,
  news: string,
): Promise<SubmissionResult> {
  const drawn = profileView(await viewProfile(ctx, profileId), news);
  if (!view.previous_view_id) return drawn;
  await updateModal(client, view.previous_view_id, drawn);
  return 'close';
}
