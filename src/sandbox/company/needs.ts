/**
 * A cohort (dimension → value; empty: everyone) and the access it needs: `Application ·
 * Entitlement`.
 */
export interface Need {
  cohort: Record<string, string>;
  access: string[];
}

const everyone = [
  'Slack · Member',
  'Google Workspace · Mail and Calendar',
  'Google Workspace · Company Drive',
  'Google Workspace · Meeting Rooms',
  'Workday · Self-Service',
  'Jira · Help Desk Portal',
  'NetSuite · Expense Claims',
];

const byDepartment: Record<string, string[]> = {
  Engineering: [
    'Jira · User',
    'GitHub · Read',
    'GitHub · Write',
    'Datadog · Viewer',
    'AWS · Development Read',
    'Google Workspace · Engineering Drive',
  ],
  'Customer Support': [
    'Zendesk · Agent',
    'Zendesk · Macros',
    'Jira · Bug Reporter',
    'Google Workspace · Support Drive',
    'Salesforce · Case Read',
  ],
  Sales: [
    'Salesforce · User',
    'Salesforce · Opportunities',
    'Salesforce · Forecast Read',
    'Google Workspace · Sales Drive',
    'Slack · Customer Channels',
  ],
  Finance: [
    'NetSuite · Read',
    'NetSuite · Close Calendar',
    'NetSuite · Cost Center Reports',
    'Google Workspace · Finance Drive',
    'Workday · Headcount Report',
  ],
  Operations: [
    'NetSuite · Purchase Requests',
    'Jira · Operations Board',
    'Google Workspace · Operations Drive',
    'Office Doors · Loading Dock',
  ],
  Marketing: [
    'Salesforce · Campaign Read',
    'Figma · Viewer',
    'Google Workspace · Marketing Drive',
    'Slack · Announcements',
  ],
  Product: [
    'Jira · Roadmap',
    'Figma · Commenter',
    'Datadog · Dashboards',
    'Google Workspace · Product Drive',
    'Zendesk · Light Agent',
  ],
  IT: [
    'Google Workspace · IT Drive',
    'Slack · Audit Log Read',
    'Jira · Help Desk Agent',
    'AWS · Shared Services Read',
    'Office Doors · Server Room',
  ],
  People: [
    'Workday · Personnel Files',
    'Workday · Org Chart Edit',
    'Google Workspace · People Drive',
    'Slack · Onboarding Channels',
  ],
  Legal: [
    'Google Workspace · Legal Drive',
    'Salesforce · Contracts Read',
    'NetSuite · Vendor Contracts',
    'Jira · Legal Intake',
  ],
};

const byTitle: Record<string, string[]> = {
  'Software Engineer': ['AWS · Development Deploy', 'GitHub · Actions Runner'],
  'Site Reliability Engineer': [
    'AWS · Production Read',
    'AWS · Production Deploy',
    'Datadog · Monitors Edit',
    'Slack · Incident Commander',
  ],
  'Data Engineer': ['AWS · Data Lake Write', 'AWS · Warehouse Read'],
  'QA Engineer': ['Jira · Test Plans'],
  'Engineering Manager': ['Jira · Project Lead'],
  'Support Agent': ['Zendesk · Chat', 'Zendesk · Voice'],
  'Technical Support Engineer': ['Zendesk · Escalations', 'GitHub · Issues'],
  'Support Trainer': ['Zendesk · Knowledge Base Edit'],
  'Support Team Lead': ['Zendesk · Quality Review'],
  'Account Executive': ['Salesforce · Quotes', 'Salesforce · Orders Submit'],
  'Sales Development Representative': ['Salesforce · Leads'],
  'Sales Engineer': ['GitHub · Demo Repositories'],
  'Sales Manager': ['Salesforce · Forecast Edit', 'Salesforce · Discount Approve'],
  Accountant: ['NetSuite · Journal Entry', 'NetSuite · Accounts Payable'],
  'Financial Analyst': ['NetSuite · Budgets Edit', 'Salesforce · Revenue Reports'],
  'Payroll Specialist': ['Workday · Payroll Run', 'Workday · Compensation View'],
  'Operations Analyst': ['NetSuite · Inventory'],
  'Procurement Specialist': ['NetSuite · Purchase Orders', 'NetSuite · Vendors Edit'],
  'Facilities Coordinator': ['Office Doors · Badge Desk', 'Office Doors · Visitor Log'],
  'Content Strategist': ['Google Workspace · Website Edit'],
  'Campaign Specialist': ['Salesforce · Campaigns Edit'],
  'Brand Designer': ['Figma · Brand Library Edit'],
  'Product Manager': ['Jira · Product Backlog'],
  'Product Designer': ['Figma · Editor'],
  'IT Support Specialist': ['Google Workspace · Password Reset', 'Slack · Member Management'],
  'Systems Administrator': ['AWS · Shared Services Deploy', 'Google Workspace · Groups Manage'],
  'Security Engineer': ['AWS · Security Audit', 'GitHub · Security Alerts'],
  Recruiter: ['Workday · Candidates'],
  'HR Business Partner': ['Workday · Employee Relations', 'Workday · Compensation Review'],
  Counsel: ['Salesforce · Contracts Approve'],
  Paralegal: ['Google Workspace · Filing Archive'],
};

const byOffice: Record<string, string[]> = {
  Lyon: ['Office Doors · Lyon'],
  Austin: ['Office Doors · Austin'],
  Nairobi: ['Office Doors · Nairobi'],
  Singapore: ['Office Doors · Singapore'],
  Remote: ['AWS · Remote Desktop'],
};

function toNeeds(dimension: string, table: Record<string, string[]>): Need[] {
  return Object.entries(table).map(([value, access]) => ({
    cohort: { [dimension]: value },
    access,
  }));
}

/** From general to specific, so that a small company keeps the general needs. */
export const plannedNeeds: Need[] = [
  { cohort: {}, access: everyone },
  ...toNeeds('department', byDepartment),
  ...toNeeds('location', byOffice),
  { cohort: { employment_type: 'Contractor' }, access: ['Google Workspace · Contractor Drive'] },
  ...toNeeds('job_title', byTitle),
];

/** Access of a few people in a department; no cohort explains it. */
export const rareNeeds: { department: string; access: string; holders: number }[] = [
  { department: 'Engineering', access: 'GitHub · Admin', holders: 4 },
  { department: 'IT', access: 'AWS · Production Admin', holders: 3 },
  { department: 'IT', access: 'Google Workspace · Super Admin', holders: 2 },
  { department: 'IT', access: 'Slack · Workspace Owner', holders: 2 },
  { department: 'Finance', access: 'NetSuite · Administrator', holders: 2 },
  { department: 'Finance', access: 'NetSuite · Payment Approve', holders: 4 },
  { department: 'Finance', access: 'AWS · Billing', holders: 3 },
  { department: 'Sales', access: 'Salesforce · System Administrator', holders: 3 },
  { department: 'People', access: 'Workday · Security Administrator', holders: 2 },
  { department: 'Product', access: 'Jira · Site Admin', holders: 2 },
  { department: 'Customer Support', access: 'Zendesk · Admin', holders: 3 },
  { department: 'Engineering', access: 'Datadog · Admin', holders: 3 },
];

/** Access that no peer of its holder has; an access review should find it. */
export const outlierNeeds: { title: string; access: string }[] = [
  { title: 'Payroll Specialist', access: 'GitHub · Admin' },
  { title: 'Support Agent', access: 'AWS · Production Deploy' },
  { title: 'Account Executive', access: 'Workday · Payroll Run' },
  { title: 'Software Engineer', access: 'NetSuite · Journal Entry' },
  { title: 'Campaign Specialist', access: 'Salesforce · System Administrator' },
];
