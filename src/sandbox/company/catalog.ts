/** The plan of a realistic company: departments, offices and applications. */

export interface DepartmentPlan {
  name: string;
  /** Share of all people, in percent. */
  share: number;
  head: string;
  lead: string;
  /** Job title → number of people out of ten. */
  titles: Record<string, number>;
}

export const departments: DepartmentPlan[] = [
  {
    name: 'Engineering',
    share: 27,
    head: 'VP Engineering',
    lead: 'Engineering Manager',
    titles: {
      'Software Engineer': 5,
      'Site Reliability Engineer': 2,
      'Data Engineer': 1.5,
      'QA Engineer': 1.5,
    },
  },
  {
    name: 'Customer Support',
    share: 15,
    head: 'VP Customer Support',
    lead: 'Support Team Lead',
    titles: { 'Support Agent': 6, 'Technical Support Engineer': 2.5, 'Support Trainer': 1.5 },
  },
  {
    name: 'Sales',
    share: 15,
    head: 'VP Sales',
    lead: 'Sales Manager',
    titles: {
      'Account Executive': 4.5,
      'Sales Development Representative': 3.5,
      'Sales Engineer': 2,
    },
  },
  {
    name: 'Finance',
    share: 9,
    head: 'Chief Financial Officer',
    lead: 'Finance Manager',
    titles: { Accountant: 4, 'Financial Analyst': 3.5, 'Payroll Specialist': 2.5 },
  },
  {
    name: 'Operations',
    share: 8,
    head: 'Chief Operating Officer',
    lead: 'Operations Manager',
    titles: { 'Operations Analyst': 4, 'Procurement Specialist': 3, 'Facilities Coordinator': 3 },
  },
  {
    name: 'Marketing',
    share: 7,
    head: 'Chief Marketing Officer',
    lead: 'Marketing Manager',
    titles: { 'Content Strategist': 4, 'Campaign Specialist': 4, 'Brand Designer': 2 },
  },
  {
    name: 'Product',
    share: 6,
    head: 'Chief Product Officer',
    lead: 'Group Product Manager',
    titles: { 'Product Manager': 5, 'Product Designer': 5 },
  },
  {
    name: 'IT',
    share: 5,
    head: 'Chief Information Officer',
    lead: 'IT Manager',
    titles: { 'IT Support Specialist': 4, 'Systems Administrator': 3, 'Security Engineer': 3 },
  },
  {
    name: 'People',
    share: 5,
    head: 'Chief People Officer',
    lead: 'People Manager',
    titles: { Recruiter: 5, 'HR Business Partner': 5 },
  },
  {
    name: 'Legal',
    share: 3,
    head: 'General Counsel',
    lead: 'Legal Manager',
    titles: { Counsel: 6, Paralegal: 4 },
  },
];

export const offices = [
  { name: 'Lyon', share: 30, timeZone: 'Europe/Paris', region: 'EU' },
  { name: 'Austin', share: 30, timeZone: 'America/Chicago', region: 'US' },
  { name: 'Nairobi', share: 15, timeZone: 'Africa/Nairobi', region: 'AF' },
  { name: 'Singapore', share: 15, timeZone: 'Asia/Singapore', region: 'AP' },
  { name: 'Remote', share: 10, timeZone: 'Etc/UTC', region: 'EU' },
];

export interface ApplicationPlan {
  name: string;
  category: string;
  /** The department whose people own it. */
  owners: string;
  /** The owner, IT support, or the manager of the offices. */
  provisioners: 'owner' | 'it' | 'facilities';
  instructions: string;
}

/** The most common applications first, so that a small company still has them. */
export const companyApplications: ApplicationPlan[] = [
  {
    name: 'Slack',
    category: 'Communication',
    owners: 'IT',
    provisioners: 'it',
    instructions: '1. acme.slack.com/admin → Members → find the person.  2. Set the role or group.',
  },
  {
    name: 'Google Workspace',
    category: 'Communication',
    owners: 'IT',
    provisioners: 'it',
    instructions:
      '1. admin.google.com → Directory → Groups.  2. Add the person to the group of that name.',
  },
  {
    name: 'Jira',
    category: 'Planning',
    owners: 'Product',
    provisioners: 'it',
    instructions:
      '1. acme.atlassian.net/admin → Groups.  2. Add the person.  3. Check the seat count.',
  },
  {
    name: 'GitHub',
    category: 'Development',
    owners: 'Engineering',
    provisioners: 'owner',
    instructions:
      '1. github.com/orgs/acme/people → the person → Change role or team.  2. Note the task number in the comment.',
  },
  {
    name: 'Workday',
    category: 'People',
    owners: 'People',
    provisioners: 'owner',
    instructions:
      '1. Security → Assign roles.  2. Choose the role of that name.  3. Effective date: today.',
  },
  {
    name: 'Salesforce',
    category: 'Sales',
    owners: 'Sales',
    provisioners: 'owner',
    instructions: '1. Setup → Users → the person → Permission Sets.  2. Add the one of that name.',
  },
  {
    name: 'NetSuite',
    category: 'Finance',
    owners: 'Finance',
    provisioners: 'owner',
    instructions:
      '1. Setup → Users/Roles → Manage Users.  2. Access tab → add the role.  3. Never combine two roles of one payment run.',
  },
  {
    name: 'AWS',
    category: 'Infrastructure',
    owners: 'Engineering',
    provisioners: 'it',
    instructions: '1. IAM Identity Center → Groups.  2. Add the person to the permission set.',
  },
  {
    name: 'Zendesk',
    category: 'Support',
    owners: 'Customer Support',
    provisioners: 'owner',
    instructions: '1. Admin Center → People → Team members.  2. Role → choose it → Save.',
  },
  {
    name: 'Datadog',
    category: 'Infrastructure',
    owners: 'Engineering',
    provisioners: 'it',
    instructions: '1. Organization settings → Users.  2. Edit → add the role.',
  },
  {
    name: 'Figma',
    category: 'Design',
    owners: 'Product',
    provisioners: 'owner',
    instructions: '1. Admin → Members → the person.  2. Seat type, then team.',
  },
  {
    name: 'Office Doors',
    category: 'Facilities',
    owners: 'Operations',
    provisioners: 'facilities',
    instructions:
      '1. Look up the badge number.  2. Door groups → add the badge.  3. Ask the person to try it.',
  },
];
