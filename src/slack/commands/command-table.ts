import { showEntitlement, showOrphans, showPerson } from './access.ts';
import type { Command } from './call.ts';
import { showApplications, showPolicies } from './catalog.ts';
import { runDelegate } from './delegate.ts';
import { showHelp } from './help.ts';
import {
  openSettings,
  runAnalyze,
  showHistory,
  showOutliers,
  showRules,
  showSuggestions,
} from './mining.ts';
import { openNotifications, showPeople } from './people.ts';
import { openRequest, openRevocation, showProfiles, showRequests } from './requests.ts';
import { showRoles } from './roles.ts';
import { runSetup } from './setup.ts';
import { showStatus } from './status.ts';
import { showTask } from './task.ts';
import { showTasks } from './tasks.ts';

/** Whether somebody with these roles can use a command. */
export function mayUse(role: Command['role'], roles: readonly string[]): boolean {
  return role === 'everyone' || roles.includes('super_admin') || roles.includes(role);
}

/** The commands in the order of help. */
export const commands: readonly Command[] = [
  {
    name: 'help',
    usage: 'help [all]',
    summary: 'what you most likely want; `help all` lists the commands',
    details:
      'Offers what you most likely want as buttons. `help all` lists the commands that you can use. Every command also works without the slash, as a message to Rolemine, and so do plain sentences such as “I need access to GitHub”.',
    role: 'everyone',
    example: '/rolemine help',
    run: (call) =>
      showHelp(
        call,
        commands.filter(({ role }) => mayUse(role, call.ctx.actor.roles)),
      ),
  },
  {
    name: 'suggestions',
    usage: 'suggestions [dismissed]',
    summary: 'access profiles that role mining suggests',
    details:
      'Lists the open suggestions, those that explain the most grants first. *Review* shows the evidence and creates an access profile. `dismissed` lists the dismissed ones, which *Undo* opens again.',
    role: 'super_admin',
    example: '/rolemine suggestions',
    run: showSuggestions,
  },
  {
    name: 'analyze',
    usage: 'analyze [all | attribute=value …]',
    summary: 'access that a group of people shares, for example `department=Engineering`',
    details:
      'Shows the access that a group of people shares. A comma means or, a space means and; values of several words stand in quotes. `all` analyzes the whole organization in the background. Without arguments it opens a form.',
    role: 'super_admin',
    example: '/rolemine analyze department=Sales,Marketing job_title="Account Executive"',
    run: runAnalyze,
  },
  {
    name: 'history',
    usage: 'history',
    summary: 'past analyses; run one again or cancel a running one',
    details:
      'Lists past analyses with their results. Buttons run an analysis again, or cancel one that is running.',
    role: 'super_admin',
    example: '/rolemine history',
    run: showHistory,
  },
  {
    name: 'outliers',
    usage: 'outliers',
    summary: 'unusual access that peers do not have',
    details:
      'Lists access that few peers of a person have. *Keep* and *Propose revocation* decide about it, with a reason. Decided outliers are not listed again.',
    role: 'super_admin',
    example: '/rolemine outliers',
    run: showOutliers,
  },
  {
    name: 'settings',
    usage: 'settings',
    summary: 'thresholds of role mining',
    details:
      'Opens a form for the thresholds of role mining, the attributes that form groups, and the excluded entitlements. *Preview* counts the suggestions of a change.',
    role: 'super_admin',
    example: '/rolemine settings',
    run: openSettings,
  },
  {
    name: 'rules',
    usage: 'rules',
    summary: 'mining rules, simulations, and role rules in force',
    details:
      'Opens the rule policies with their mining rules and rules in force. Changes of mining rules take effect only after a simulation is applied. Role rules can also be written by hand.',
    role: 'super_admin',
    example: '/rolemine rules',
    run: showRules,
  },
  {
    name: 'profiles',
    usage: 'profiles [words]',
    summary: 'request an access profile; owners manage its entitlements and members',
    details:
      'Lists access profiles; with words, those that match. Everybody can request a profile. Its owners add and remove members. Access Request Admins and Super Admins manage all profiles.',
    role: 'everyone',
    example: '/rolemine profiles finance',
    run: showProfiles,
  },
  {
    name: 'request',
    usage: 'request [words] [for @person] [until 2027-01-31] | like @person',
    summary: 'request access, for example `request github admin`',
    details:
      'Opens a form, which the words fill; each entitlement becomes its own request. `like @person` lists the access of a colleague, with what most of your peers have ticked. You can request for yourself and your direct reports. The roles Access Request Helpdesk, Access Request Admin and Super Admin request for anybody.',
    role: 'everyone',
    example: '/rolemine request github admin until 2027-01-31',
    run: openRequest,
  },
  {
    name: 'requests',
    usage: 'requests',
    summary: 'your requests and their state; cancel one or send a reminder',
    details:
      'Lists your requests, newest first, with their state. *Cancel request* closes an open request. *Send reminder* reminds its approvers or provisioners.',
    role: 'everyone',
    example: '/rolemine requests',
    run: showRequests,
  },
  {
    name: 'person',
    usage: 'person [@mention | name | e-mail | me]',
    summary: 'the access of a person, and since when they have it',
    details:
      'Shows the access of a person with its source and start, and a button to propose a revocation. Without a person it opens a search. You see yourself, your direct reports and the applications you own. The roles Access Request Helpdesk, Access Request Admin and Super Admin see everybody.',
    role: 'everyone',
    example: '/rolemine person @ana',
    run: showPerson,
  },
  {
    name: 'entitlement',
    usage: 'entitlement [application and name]',
    summary: 'the people who have an entitlement, for example `github admin`',
    details:
      'Shows the holders of an entitlement, and a button to propose a revocation. Without words it opens a search. You see the applications you own. The roles Access Request Helpdesk, Access Request Admin and Super Admin see all.',
    role: 'everyone',
    example: '/rolemine entitlement github admin',
    run: showEntitlement,
  },
  {
    name: 'revoke',
    usage: 'revoke [words from @person]',
    summary: 'propose to revoke access',
    details:
      'Opens a form to propose a revocation. You can propose it for your direct reports and the applications you own. The roles Access Request Helpdesk, Access Request Admin and Super Admin propose it for anybody. Nothing is revoked before the approvers confirm.',
    role: 'everyone',
    example: '/rolemine revoke github admin from @bo',
    run: openRevocation,
  },
  {
    name: 'delegate',
    usage: 'delegate [@person [from 2027-01-04] [until 2027-01-10] | off]',
    summary: 'a delegate who gets your new tasks',
    details:
      'Chooses a delegate, or ends the delegation with `off`. Without arguments it opens a form. Open tasks stay with you. Super Admins add `for @ana` to choose a delegate for somebody else.',
    role: 'everyone',
    example: '/rolemine delegate @kim until 2027-01-10',
    run: runDelegate,
  },
  {
    name: 'notifications',
    usage: 'notifications',
    summary: 'Slack or e-mail, working hours, summaries',
    details:
      'Opens a form for how and when Rolemine notifies you. Super Admins also set the defaults of the organization there.',
    role: 'everyone',
    example: '/rolemine notifications',
    run: openNotifications,
  },
  {
    name: 'tasks',
    usage: 'tasks [requests | provisioning | revocations | deprovisioning | completed]',
    summary:
      'your open tasks, in one list or all; `tasks all [provisioning] [@kim] [newest]` lists every open task (Super Admins)',
    details:
      'Lists your open tasks with their buttons. A word limits it to one list. `tasks all` lists the open tasks of everybody; a kind, a person and `oldest` or `newest` limit and sort it. Only Super Admins may use `tasks all`.',
    role: 'everyone',
    example: '/rolemine tasks provisioning',
    run: showTasks,
  },
  {
    name: 'task',
    usage: 'task <number>',
    summary: 'a task with its decisions, for example `task 1042`',
    details:
      'Opens the details of a task: the reason, the evidence, the decisions so far and the next steps. Only people whom the task concerns and Super Admins see it.',
    role: 'everyone',
    example: '/rolemine task 1042',
    run: showTask,
  },
  {
    name: 'roles',
    usage: 'roles [@mention | name | e-mail]',
    summary: 'roles of people; change them',
    details:
      'Lists the people with roles beyond Basic User. With a person it shows their roles. *Change role* edits them.',
    role: 'super_admin',
    example: '/rolemine roles @kim',
    run: showRoles,
  },
  {
    name: 'applications',
    usage: 'applications',
    summary: 'owners, instructions and policies of applications and entitlements',
    details:
      'Opens the list of applications, those without an owner first. Forms set owners, provisioners, instructions, risk, request options and policies.',
    role: 'super_admin',
    example: '/rolemine applications',
    run: showApplications,
  },
  {
    name: 'policies',
    usage: 'policies',
    summary: 'approval steps, rules that choose a policy, and a preview',
    details:
      'Opens the policies for requests and for revocations. Forms edit their steps and the rules that choose a policy. *Preview* shows the steps of a request without opening one.',
    role: 'super_admin',
    example: '/rolemine policies',
    run: showPolicies,
  },
  {
    name: 'people',
    usage: 'people [merge <person> <person>]',
    summary: 'people about whom you have to decide; merge two into one',
    details:
      'Lists people who are back, people who may be the same, addresses that changed or that several Slack users share, and people who are not in Slack. Buttons decide about each. `merge` shows two people and makes one of them: the first stays.',
    role: 'super_admin',
    example: '/rolemine people',
    run: showPeople,
  },
  {
    name: 'orphans',
    usage: 'orphans',
    summary: 'accounts of people who left or whom nobody knows',
    details:
      'Lists the access of people who have left, and accounts of a source whose person nobody knows. High risk comes first. *Revoke* proposes a revocation.',
    role: 'super_admin',
    example: '/rolemine orphans',
    run: showOrphans,
  },
  {
    name: 'setup',
    usage: 'setup',
    summary: 'become the first Super Admin, and see the remaining setup steps',
    details:
      'Makes the person with the address `ADMIN_EMAIL` the first Super Admin; without that setting, the first owner or admin of the workspace who types it. Super Admins see the setup steps and their state.',
    role: 'everyone',
    example: '/rolemine setup',
    run: runSetup,
  },
  {
    name: 'status',
    usage: 'status',
    summary: 'counts of people, access and tasks, and the time of the last import',
    details:
      'Counts people, applications, entitlements, grants, open tasks and undelivered messages. It also shows the times of the last import and the last analysis.',
    role: 'everyone',
    example: '/rolemine status',
    run: showStatus,
  },
];
