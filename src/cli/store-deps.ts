import type { SlackUser } from '../governance/people/slack-user.ts';
import type { Workspace } from '../governance/people/store-identity.ts';
import type { Miner } from '../governance/role-mining/miner.ts';
import type { AccessMatrix } from '../mining/matrix/matrix.ts';
import type { Survey, SurveyOptions } from '../mining/survey.ts';
import type { Db } from '../store/db.ts';

/** The dependencies of a command on the store, in its own process or in the running app. */
export interface StoreDeps {
  db: Db;
  /** The organization's time zone. */
  timeZone: string;
  miner: Miner;
  /** Mines a matrix. The caller must not use the matrix afterwards. */
  survey(matrix: AccessMatrix, options: SurveyOptions): Promise<Survey>;
  /** Called after a commit that may leave messages to deliver or an analysis to run. */
  wake?: (() => void) | undefined;
  /** Reads all Slack users; undefined without a Slack workspace. */
  readSlackUsers: (() => Promise<SlackUser[]>) | undefined;
  /** Reads the workspace of the Slack tokens; undefined without tokens, and in the running app, which has checked it. */
  readWorkspace?: (() => Promise<Workspace>) | undefined;
  /**
   * The e-mail address of the first Super Admin. The role is assigned once an import adds the
   * person.
   */
  adminEmail: string | undefined;
  /** The user of the operating system who runs the command, as far as known. */
  operator?: string | undefined;
}
