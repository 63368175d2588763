import { createHash } from 'node:crypto';

/** The stylesheet, which every page contains. */
export const style = `
:root{color-scheme:light dark;--page:#f3f4f6;--sheet:#fff;--text:#1d1e22;--quiet:#5b5e6b;--rule:#dfe1e6;--field:#868a98;--call:#1a5fd0;--on-call:#fff;--note:#eef3fd;--warn:#8f2d12;--danger:#b3261e;--warn-back:#fdf0ea}
@media (prefers-color-scheme:dark){:root{--page:#17181c;--sheet:#212329;--text:#ececf0;--quiet:#a9abb6;--rule:#3a3d46;--field:#7d818f;--call:#8ab4f8;--on-call:#10141c;--note:#2b2e37;--warn:#ffb59c;--danger:#ff9d8f;--warn-back:#3b2720}}
*{box-sizing:border-box}
body{margin:0;padding:16px 12px 48px;background:var(--page);color:var(--text);font:16px/1.5 -apple-system,BlinkMacSystemFont,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;overflow-wrap:anywhere;-webkit-text-size-adjust:100%}
header,main,footer{max-width:640px;margin:0 auto}
header{padding:4px 4px 12px;color:var(--quiet);font-weight:600}
main>section,main>form{background:var(--sheet);border:1px solid var(--rule);border-radius:10px;padding:20px 24px;margin:0 0 12px}
@media (max-width:480px){main>section,main>form{padding:16px}}
footer{padding:8px 4px;color:var(--quiet);font-size:14px}
h1{font-size:22px;line-height:1.3;margin:0}
h2{font-size:16px;margin:24px 0 6px}
h2:first-child{margin-top:0}
p{margin:12px 0 0}
.under,.quiet,time{color:var(--quiet)}
.under{margin:4px 0 0;font-size:14px}
.quiet,time{font-size:14px}
ul,ol{margin:6px 0 0;padding-left:22px}
li{margin:4px 0}
blockquote{margin:16px 0 0;padding:2px 0 2px 16px;border-left:4px solid var(--rule);white-space:pre-line}
.plain-text{white-space:pre-line;margin:2px 0 0}
dl{margin:16px 0 0;display:grid;grid-template-columns:minmax(88px,auto) 1fr;gap:6px 16px}
dt{color:var(--quiet);font-size:14px;line-height:24px}
dd{margin:0}
.state,.problem{padding:12px 16px;border-left:4px solid var(--call);background:var(--note);border-radius:4px}
section>:first-child,form>:first-child,div>:first-child{margin-top:0}
.state+h1,.problem+h1,.problem+h2{margin-top:16px}
.problem{border-color:var(--warn);background:var(--warn-back)}
.warning b{color:var(--warn)}
label,legend{font-weight:600}
legend{padding:0}
fieldset{border:0;margin:16px 0 0;padding:0}
.field{margin:16px 0 0}
.field label{display:block}
.hint{margin:0;color:var(--quiet);font-size:14px;font-weight:400}
textarea,input[type=search],input[type=text],input[type=date],select{display:block;width:100%;margin:6px 0 0;padding:10px 12px;font:inherit;color:inherit;background:var(--sheet);border:1px solid var(--field);border-radius:6px}
textarea{resize:vertical;min-height:80px}
[aria-invalid=true]{border-color:var(--warn)}
.choice{display:flex;gap:10px;align-items:flex-start;min-height:44px;padding:8px 0;font-weight:400}
.choice input{width:20px;height:20px;margin:2px 0 0;flex:none;accent-color:var(--call)}
.choice b{font-weight:600}
.choice small{display:block;color:var(--quiet);font-size:14px}
.buttons{display:flex;flex-wrap:wrap;gap:12px;margin:16px 0 0}
button{min-height:44px;padding:8px 20px;font:inherit;font-weight:600;color:var(--text);background:var(--sheet);border:1px solid var(--field);border-radius:6px;cursor:pointer}
button.main{color:var(--on-call);background:var(--call);border-color:var(--call)}
details{background:var(--sheet);border:1px solid var(--rule);border-radius:10px;margin:0 0 12px}
summary{padding:12px 24px;min-height:44px;font-weight:600;cursor:pointer;border-radius:10px}
details>div{padding:0 24px 20px}
@media (max-width:480px){summary{padding:12px 16px}details>div{padding:0 16px 16px}dl{grid-template-columns:1fr;gap:0}dd{margin:0 0 8px}}
button.danger{color:var(--on-call);background:var(--danger);border-color:var(--danger)}
nav{max-width:640px;margin:0 auto 12px;display:flex;flex-wrap:wrap;gap:4px 12px;align-items:center}
nav a,nav button{display:inline-block;min-height:44px;padding:10px 4px;line-height:24px}
nav a{text-decoration:none}
nav [aria-current]{color:var(--text);font-weight:600;box-shadow:inset 0 -3px var(--call)}
nav form{margin:0 0 0 auto}
nav button{border:0;background:none;color:var(--call);font-weight:400;text-decoration:underline}
section nav{margin:12px 0 0}
section>form{margin:12px 0 0}
.buttons.stay{position:sticky;bottom:0;padding:12px 0;background:var(--sheet);border-top:1px solid var(--rule)}
.rows{list-style:none;padding:0;margin:12px 0 0}
.rows>li{border-top:1px solid var(--rule);padding:12px 0;margin:0}
.rows p{margin:4px 0 0}
.rows .choice{padding:0}
.inset{padding-left:30px}
.buttons a{display:inline-block;min-height:44px;padding:10px 4px;line-height:24px}
.rows form{display:inline}
a{color:var(--call)}
:focus-visible{outline:3px solid var(--call);outline-offset:2px}
`;

/** The source that a Content-Security-Policy allows for it. */
export const styleSource = `'sha256-${createHash('sha256').update(style).digest('base64')}'`;
