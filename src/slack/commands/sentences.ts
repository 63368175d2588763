/** A kind of plain sentence, and the command that it means. */
interface Sentence {
  pattern: RegExp;
  /** A sentence that people write. A test reads it. */
  example: string;
  /** The command of the example. */
  means: string;
  command(parts: Record<string, string>): string;
}

// A sentence opens a form or shows something. It never decides, grants or revokes.

const want =
  "(?:(?:i|we)(?: would|'d|'ll| will)?(?: also| still| now)? (?:need|want|require|like|request)|(?:can|could|may) (?:i|we|you)(?: please)? (?:get|have|request|give me|grant me|get me)|(?:give|grant|get) me|request|ask for|i(?:'m| am) (?:missing|lacking)|i (?:do not|don't|cannot|can't) (?:have|get|access)|let me (?:have|into|in to))";
const access =
  '(?:to (?:have |get |be given |request |use )?)?(?:(?:some |an |a |the |my )?(?:access|permissions?|rights?|account|licen[cs]e|seat|login)(?: (?:to|for|in|on|into|with|of))? ?)?(?:the |an? )?';
const holds = '(?:has|have|holds?|uses?|can (?:see|use|access|get into)|got)';

/** Plain sentences in the order in which they are tried. */
export const sentences: readonly Sentence[] = [
  {
    pattern:
      /^(?:what is |what's |show |open |status of |where is |how is )?(?:the )?(?:task|request|ticket|number|no\.?)? ?#?(?<id>\d{1,9})$/,
    example: '#1004',
    means: 'task 1004',
    command: ({ id }) => `task ${id}`,
  },
  {
    pattern:
      /^(?:who|when)(?: has| did| was| is| will)? (?:approved?|denied|deny|decided?|provisioned?|confirm(?:ed)?) (?:the )?(?:my )?(?:task|request)? ?#?(?<id>\d{1,9})$/,
    example: 'who approved request #1004?',
    means: 'task 1004',
    command: ({ id }) => `task ${id}`,
  },
  {
    pattern: /^(?:status|state|progress) (?:of )?(?:the )?(?:task|request)? ?#?(?<id>\d{1,9})$/,
    example: 'status 1005',
    means: 'task 1005',
    command: ({ id }) => `task ${id}`,
  },
  {
    pattern:
      /^(?:who|when).* (?:approve[sd]?|denie[sd]|decide[sd]?|provision(?:s|ed)?) (?:my|the|this) requests?$/,
    example: 'who approved my request?',
    means: 'requests',
    command: () => 'requests',
  },
  {
    pattern:
      /^(?:show |list |see |what is |what's |where (?:is|are) |what happened (?:to|with) |any news (?:on|about) |how (?:is|are) )?(?:the )?(?:(?:status|state|progress) of )?(?:all )?my (?:open |pending )?requests?(?: doing| status| going)?$/,
    example: 'status of my requests',
    means: 'requests',
    command: () => 'requests',
  },
  {
    pattern: /^(?:cancel|withdraw|remind(?: them)? (?:about|of)?|chase) ?(?:my|the|a) requests?$/,
    example: 'cancel my request',
    means: 'requests',
    command: () => 'requests',
  },
  {
    pattern:
      /^(?:show |list |see |what are |what's |what is )?(?:all )?(?:of )?(?:my|the) (?:open |pending )?(?:tasks?|to-?dos?|approvals?|inbox)$|^what (?:do|must|should) i (?:have to |need to )?(?:approve|decide|do)$|^what(?:'s| is)? (?:waiting|waits|open|pending)(?: for me)?$|^anything (?:to approve|for me|waiting)(?: for me)?$/,
    example: 'what do I have to approve?',
    means: 'tasks',
    command: () => 'tasks',
  },
  {
    pattern:
      /^(?:show |list |see |what is |what's )?(?:all )?my (?:current )?(?:access|permissions?|rights?|entitlements?|accounts?)$|^what (?:access|permissions?|rights?|entitlements?) do i (?:currently )?(?:have|hold)$|^what (?:do i have access to|can i (?:access|use|do|see))$/,
    example: 'what access do I have?',
    means: 'person me',
    command: () => 'person me',
  },
  {
    pattern:
      /^(?:show |list |see )?what (?:access |permissions? |rights? )?(?:does|do) (?<who>.+?) (?:currently )?(?:have|hold)(?: access to)?$|^what can (?<who2>(?!i |you ).+?) (?:access|use|do|see)$|^(?:show |list |see )?(?:the )?(?:access|permissions|rights) (?:of|for) (?<who3>.+)$/,
    example: 'what access does Ana Ruiz have?',
    means: 'person Ana Ruiz',
    command: ({ who, who2, who3 }) => `person ${who ?? who2 ?? who3}`,
  },
  {
    pattern: new RegExp(
      `^(?:show |list )?(?:who|who all|which people|everyone who|everybody who) ${holds} (?:access to )?(?:the )?(?<what>.+)$|^(?:show |list )?(?:the )?(?:holders?|members|users) (?:of|in) (?<what2>.+)$`,
    ),
    example: 'who has GitHub Admin?',
    means: 'entitlement GitHub Admin',
    command: ({ what, what2 }) => `entitlement ${what ?? what2}`,
  },
  {
    pattern:
      /^(?:please )?(?:revoke|remove|take(?: away)?|withdraw|delete|disable) (?:the )?(?:access (?:to|of|for) )?(?<what>.+? (?:from|of|for) .+|.+'s access.*|.+)$/,
    example: 'remove GitHub Admin from @bo',
    means: 'revoke GitHub Admin from @bo',
    command: ({ what }) => `revoke ${what}`,
  },
  {
    pattern:
      /^i (?:no longer|don't|do not) need (?<what>.+?)(?: any ?more| anymore)?$|^i(?:'m| am) (?:done with|finished with) (?<what2>.+)$/,
    example: 'I no longer need GitHub Admin',
    means: 'revoke GitHub Admin from me',
    command: ({ what, what2 }) => `revoke ${what ?? what2} from me`,
  },
  {
    pattern:
      /^(?:i(?:'m| am| will be|'ll be) (?:away|out|off|on (?:vacation|holiday|leave)|ooo|out of office).*|i(?:'m| am) going (?:on|away).*|who (?:stands in|covers) for me)$/,
    example: "I'm away next week",
    means: 'delegate',
    command: () => 'delegate',
  },
  {
    pattern:
      /^(?:please )?(?:delegate|forward|hand over|send) (?:all )?(?:(?:my|the) )?(?:new )?(?:tasks?|approvals?|requests?) to (?<who>.+)$|^(?<who2>.+) (?:stands in|covers|will cover|is covering) for me(?<more>.*)$/,
    example: 'send my tasks to @kim until 2027-01-10',
    means: 'delegate @kim until 2027-01-10',
    command: ({ who, who2, more = '' }) => `delegate ${who ?? `${who2}${more}`}`,
  },
  {
    pattern:
      /^(?:change |edit |set |open )?(?:my )?(?:notification|e-?mail|message) (?:settings|preferences)$|^(?:stop|mute|pause|change) (?:my |the |these )?(?:e-?mails?|messages?|notifications?)$|^(?:send|give) me (?:an? )?e-?mails?$|^how am i notified$/,
    example: 'stop the e-mails',
    means: 'notifications',
    command: () => 'notifications',
  },
  {
    pattern: new RegExp(
      `^(?:please )?(?:give|grant|get|request) (?!me\\b)(?<who><@[^>]+>|@?[\\w.+-]+@[\\w.-]+|@[\\w.-]+|[a-z]+(?: [a-z]+)?) ${access}(?<what>.+)$`,
    ),
    example: 'give @ana access to Figma',
    means: 'request Figma for @ana',
    command: ({ who, what }) => `request ${what} for ${who}`,
  },
  {
    pattern:
      /^(?:the )?(?:same )?access (?:like|as) (?<who>.+)$|^(?:i (?:need|want)|give me|request) (?:the )?same (?:access )?(?:as|like) (?<who2>.+)$/,
    example: 'I need the same access as @jane',
    means: 'request like @jane',
    command: ({ who, who2 }) => `request like ${who ?? who2}`,
  },
  {
    pattern: new RegExp(
      `^(?:please )?${want} (?:some )?(?:more |new )?(?:access|permissions?|rights?)$|^(?:request|new request|new access|access)$`,
    ),
    example: 'I need access',
    means: 'request',
    command: () => 'request',
  },
  {
    pattern: new RegExp(`^(?:please )?${want} ${access}(?<what>.+)$`),
    example: 'I need access to Figma',
    means: 'request Figma',
    command: ({ what }) => `request ${what}`,
  },
  {
    pattern: /^(?:access|permissions?|rights?|account|licen[cs]e) (?:to|for|in|on) (?<what>.+)$/,
    example: 'access to Figma for @ana',
    means: 'request Figma for @ana',
    command: ({ what }) => `request ${what}`,
  },
  {
    pattern:
      /^(?:run |start )?(?:role mining|the analysis)$|^(?:analy[sz]e|mine) (?:everyone|everybody|all people|the (?:whole )?(?:company|organization)|all)$/,
    example: 'analyze everyone',
    means: 'analyze all',
    command: () => 'analyze all',
  },
  {
    pattern:
      /^(?:show |list |see |what are )?(?:the |new |all )*(?:suggested (?:profiles|roles)|suggestions)$|^what (?:does rolemine|do you) suggest$/,
    example: 'show the suggested profiles',
    means: 'suggestions',
    command: () => 'suggestions',
  },
];

/** Words of thanks, which need no command. */
export const thanks =
  /^(?:many |ok |okay |great |perfect |cool )*(?:thanks?|thank you|thx|cheers|merci|danke|gracias)\b/;
/** Words that ask for help or say hello. */
export const greetings =
  /^(?:hi|hello|hey|hola|hallo|yo|good (?:morning|afternoon|evening)|help|what can you do|how does this work|who are you|what is this|\?+)(?:\s|!|\?|$)/;
