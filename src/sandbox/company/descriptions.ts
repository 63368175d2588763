/** What each planned entitlement allows, by `Application · Entitlement`. */
const descriptions: Record<string, string> = {
  'Slack · Member': 'Read and write in public channels and direct messages.',
  'Slack · Customer Channels': 'Join the channels shared with customers.',
  'Slack · Announcements': 'Post in the company-wide announcement channels.',
  'Slack · Audit Log Read': 'Search and export the audit log of the workspace.',
  'Slack · Onboarding Channels': 'Join and manage the private channels for new hires.',
  'Slack · Incident Commander': 'Open incident channels and page the on-call engineers.',
  'Slack · Member Management': 'Invite, deactivate and restore members.',
  'Slack · Workspace Owner': 'Full control of the workspace, including roles, exports and billing.',

  'Google Workspace · Mail and Calendar': 'Company mailbox and calendar.',
  'Google Workspace · Company Drive': 'Read the company drive and share files with colleagues.',
  'Google Workspace · Meeting Rooms': 'Book meeting rooms in all offices.',
  'Google Workspace · Engineering Drive': 'Design documents and runbooks of Engineering.',
  'Google Workspace · Support Drive': 'Procedures and reply templates of Customer Support.',
  'Google Workspace · Sales Drive': 'Proposals, price lists and contracts of Sales.',
  'Google Workspace · Finance Drive': 'Reports, budgets and closing files of Finance.',
  'Google Workspace · Operations Drive': 'Supplier and office documents of Operations.',
  'Google Workspace · Marketing Drive': 'Campaign plans and brand material of Marketing.',
  'Google Workspace · Product Drive': 'Research and product requirements of Product.',
  'Google Workspace · IT Drive': 'Inventories and internal procedures of IT.',
  'Google Workspace · People Drive': 'Hiring plans and policies of the People team.',
  'Google Workspace · Legal Drive': 'Contracts and legal opinions.',
  'Google Workspace · Contractor Drive': 'Files shared with contractors.',
  'Google Workspace · Website Edit': 'Edit and publish pages of the company website.',
  'Google Workspace · Password Reset': 'Reset passwords and second factors of colleagues.',
  'Google Workspace · Groups Manage': 'Create groups and change their members.',
  'Google Workspace · Filing Archive': 'Read the archive of signed contracts and filings.',
  'Google Workspace · Super Admin': 'Full control of all accounts, groups and security settings.',

  'Jira · Help Desk Portal': 'Open help desk requests and follow their progress.',
  'Jira · User': 'Create, edit and comment on issues of the own projects.',
  'Jira · Bug Reporter': 'Report bugs to Engineering and follow their progress.',
  'Jira · Operations Board': 'Plan and track the work of Operations.',
  'Jira · Roadmap': 'Read and edit the product roadmap.',
  'Jira · Help Desk Agent': 'Answer and close help desk requests.',
  'Jira · Legal Intake': 'Receive and assign requests for legal review.',
  'Jira · Test Plans': 'Write test plans and record their results.',
  'Jira · Project Lead': 'Manage boards, sprints and components of a project.',
  'Jira · Product Backlog': 'Prioritize the product backlog.',
  'Jira · Site Admin': 'Full control of all projects, workflows and permissions.',

  'GitHub · Read': 'Read all internal repositories.',
  'GitHub · Write': 'Push branches and merge pull requests in internal repositories.',
  'GitHub · Actions Runner': 'Start workflows on the shared runners.',
  'GitHub · Issues': 'Read and label issues without access to code.',
  'GitHub · Demo Repositories': 'Read and push to the repositories for product demos.',
  'GitHub · Security Alerts': 'Read and dismiss security alerts of all repositories.',
  'GitHub · Admin': 'Full control of repositories, teams and organization settings.',

  'Workday · Self-Service': 'Own pay slips, personal data and time off.',
  'Workday · Headcount Report': 'Read headcount and cost by department.',
  'Workday · Personnel Files': 'Read and edit the personnel files of employees.',
  'Workday · Org Chart Edit': 'Change positions and reporting lines.',
  'Workday · Payroll Run': 'Prepare and release the monthly payroll.',
  'Workday · Compensation View': 'Read salaries and bonuses of all employees.',
  'Workday · Compensation Review': 'Propose salary changes in the yearly review.',
  'Workday · Candidates': 'Read applications and manage candidates.',
  'Workday · Employee Relations': 'Read and edit confidential cases of employees.',
  'Workday · Security Administrator': 'Assign roles and change security policies.',

  'Salesforce · User': 'Read accounts and contacts, edit the own ones.',
  'Salesforce · Case Read': 'Read customer cases.',
  'Salesforce · Opportunities': 'Create and edit opportunities.',
  'Salesforce · Forecast Read': 'Read the sales forecast.',
  'Salesforce · Forecast Edit': 'Adjust and submit the sales forecast of a team.',
  'Salesforce · Campaign Read': 'Read campaigns and their results.',
  'Salesforce · Campaigns Edit': 'Create campaigns and change their members.',
  'Salesforce · Contracts Read': 'Read customer contracts.',
  'Salesforce · Contracts Approve': 'Approve customer contracts before signature.',
  'Salesforce · Quotes': 'Create and send quotes.',
  'Salesforce · Orders Submit': 'Submit signed orders to Finance.',
  'Salesforce · Leads': 'Work on new leads and convert them.',
  'Salesforce · Discount Approve': 'Approve discounts above the standard limit.',
  'Salesforce · Revenue Reports': 'Read revenue by product, region and customer.',
  'Salesforce · System Administrator': 'Full control of data, users and configuration.',

  'NetSuite · Expense Claims': 'Submit expense claims.',
  'NetSuite · Read': 'Read ledgers and financial reports.',
  'NetSuite · Close Calendar': 'Read and update the tasks of the monthly close.',
  'NetSuite · Cost Center Reports': 'Read cost reports of all cost centers.',
  'NetSuite · Purchase Requests': 'Create purchase requests.',
  'NetSuite · Vendor Contracts': 'Read vendor contracts.',
  'NetSuite · Journal Entry': 'Enter journal entries in the general ledger.',
  'NetSuite · Accounts Payable': 'Enter vendor bills and prepare payments.',
  'NetSuite · Budgets Edit': 'Enter and revise budgets.',
  'NetSuite · Inventory': 'Read and correct stock levels.',
  'NetSuite · Purchase Orders': 'Create and send purchase orders.',
  'NetSuite · Vendors Edit': 'Create vendors and change their bank details.',
  'NetSuite · Payment Approve': 'Approve and release payments.',
  'NetSuite · Administrator': 'Full control of accounts, roles and accounting settings.',

  'AWS · Development Read': 'Read resources and logs of the development accounts.',
  'AWS · Development Deploy': 'Deploy services to the development accounts.',
  'AWS · Production Read': 'Read resources and logs of the production accounts.',
  'AWS · Production Deploy': 'Deploy services to the production accounts.',
  'AWS · Data Lake Write': 'Write and reorganize data in the data lake.',
  'AWS · Warehouse Read': 'Query the data warehouse.',
  'AWS · Shared Services Read': 'Read DNS, networking and identity resources.',
  'AWS · Shared Services Deploy': 'Change DNS, networking and identity resources.',
  'AWS · Security Audit': 'Read the security configuration and findings of all accounts.',
  'AWS · Remote Desktop': 'Virtual desktop for work outside the offices.',
  'AWS · Production Admin': 'Full control of the production accounts.',
  'AWS · Billing': 'Read costs and manage payment methods.',

  'Zendesk · Agent': 'Answer customer requests.',
  'Zendesk · Macros': 'Use and edit shared reply templates.',
  'Zendesk · Light Agent': 'Read customer requests and add internal comments.',
  'Zendesk · Chat': 'Answer customers in live chat.',
  'Zendesk · Voice': 'Answer customers by phone.',
  'Zendesk · Escalations': 'Take over escalated customer requests.',
  'Zendesk · Knowledge Base Edit': 'Write and publish help center articles.',
  'Zendesk · Quality Review': 'Rate conversations and read quality reports.',
  'Zendesk · Admin': 'Full control of agents, workflows and customer data.',

  'Datadog · Viewer': 'Read dashboards, metrics and logs.',
  'Datadog · Dashboards': 'Create dashboards of product usage.',
  'Datadog · Monitors Edit': 'Create monitors and mute alerts.',
  'Datadog · Admin': 'Full control of users, keys and data retention.',

  'Figma · Viewer': 'Open design files.',
  'Figma · Commenter': 'Open design files and comment on them.',
  'Figma · Editor': 'Create and edit design files.',
  'Figma · Brand Library Edit': 'Publish changes to the brand library.',

  'Office Doors · Lyon': 'Enter the Lyon office.',
  'Office Doors · Austin': 'Enter the Austin office.',
  'Office Doors · Nairobi': 'Enter the Nairobi office.',
  'Office Doors · Singapore': 'Enter the Singapore office.',
  'Office Doors · Loading Dock': 'Open the loading docks of all offices.',
  'Office Doors · Server Room': 'Enter the server rooms of all offices.',
  'Office Doors · Badge Desk': 'Print and block badges.',
  'Office Doors · Visitor Log': 'Register visitors and read the visitor log.',
};

/** What the entitlements of a project allow, by their kind. */
const projectDescriptions = {
  Drive: 'Read and edit the files of project',
  Repository: 'Read and push to the repositories of project',
  Board: 'Create and edit the issues of project',
  Dashboard: 'Read the dashboards of project',
  Workspace: 'Join the private channels of project',
} as const;

export type ProjectEntitlementKind = keyof typeof projectDescriptions;

/** Describes a planned entitlement. @throws Error it has no description. */
export function describePlanned(access: string): string {
  const description = descriptions[access];
  if (description === undefined) throw new Error(`${access} has no description`);
  return description;
}

/** Describes an entitlement that is named after a project. */
export function describeProjectEntitlement(project: string, kind: ProjectEntitlementKind): string {
  return `${projectDescriptions[kind]} ${project}.`;
}
