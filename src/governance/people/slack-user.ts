/** A user of Slack. */
export interface SlackUser {
  teamId: string;
  userId: string;
  name: string;
  title: string | undefined;
  /** Only an address that Slack has verified. */
  email: string | undefined;
  timeZone: string | undefined;
  isWorkspaceAdmin: boolean;
  /** The reason why this user cannot act in Rolemine. `external`: a member of another workspace. */
  barred: 'bot' | 'guest' | 'deactivated' | 'external' | undefined;
}
