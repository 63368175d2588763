import type { SlackUser } from '../governance/people/slack-user.ts';
import type { Miner } from '../governance/role-mining/miner.ts';
import type { AccessMatrix } from '../mining/matrix/matrix.ts';
import type { Survey, SurveyOptions } from '../mining/survey.ts';
import type { Db } from '../store/db.ts';

/** What a command on the store gets: the same whether this process opened it or the app runs here. */
export interface StoreDeps {
  db: Db;
  miner: Miner;
  /** Looks through a matrix, which is given away. */
  survey(matrix: AccessMatrix, options: SurveyOptions): Promise<Survey>;
  /** Told after a commit that there may be something to deliver or to mine. */
  wake?: (() => void) | undefined;
  /** Everybody in Slack; undefined where there is none. */
  readSlackUsers: (() => Promise<SlackUser[]>) | undefined;
  /** Becomes Super Admin when an import brings this person. */
  adminEmail: string | undefined;
}
