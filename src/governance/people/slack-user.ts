/** What Slack says about one of its users. */
export interface SlackUser {
  teamId: string;
  userId: string;
  name: string;
  title: string | undefined;
  /** As far as Slack has verified it. */
  email: string | undefined;
  timeZone: string | undefined;
  isWorkspaceAdmin: boolean;
  /** Why this user cannot act here, whatever else they are: a bot, a guest, deactivated, of another workspace. */
  barred: 'bot' | 'guest' | 'deactivated' | 'stranger' | undefined;
}
