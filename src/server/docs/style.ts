/** The style sheet of the reference and of error pages. */
export const STYLE = `
:root { color-scheme: dark light; --ground: #101014; --raised: #18181e; --line: #2b2b34; --ink: #ecebe7; --soft: #a3a2ab; --accent: #f5b544; --code: #d9d7cf;
  --get: #57b6d9; --post: #74c476; --put: #f5b544; --patch: #c79bf2; --delete: #f07167; }
@media (prefers-color-scheme: light) { :root { --ground: #fbfaf7; --raised: #f1efe9; --line: #dcd9d0; --ink: #1c1b1f; --soft: #66646c; --accent: #9a6200; --code: #3b3941;
  --get: #0a6d92; --post: #2d7a31; --put: #9a6200; --patch: #7742ad; --delete: #b3372c; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; display: grid; grid-template-columns: 13rem minmax(0, 62rem); gap: 3rem; padding: 0 2rem 6rem; background: var(--ground); color: var(--ink); font: 15px/1.55 system-ui, sans-serif; }
a { color: inherit; text-decoration-color: var(--soft); text-underline-offset: .2em; }
a:hover { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 4px; }
small { color: var(--soft); font-weight: 400; font-size: .8em; }
code, pre { font-family: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; font-size: .86em; color: var(--code); }
nav { position: sticky; top: 0; max-height: 100vh; overflow: auto; align-self: start; padding: 2rem 0; }
nav .home { font-weight: 650; font-size: 1.1rem; text-decoration: none; }
nav ul { list-style: none; margin: 1.2rem 0; padding: 0; }
nav li { display: flex; justify-content: space-between; align-items: baseline; border-bottom: 1px solid var(--line); }
nav li a { flex: 1; padding: .3rem 0; text-decoration: none; }
header { padding: 2rem 0 1rem; max-width: 44rem; }
h1 { font-size: 2.1rem; line-height: 1.15; margin: 0 0 .6rem; letter-spacing: -.02em; }
h2 { font-size: 1.25rem; margin: 2.6rem 0 .8rem; }
h3 { font-size: 1rem; margin: 1.6rem 0 .3rem; }
h4 { font-size: .9rem; font-weight: 500; margin: 1.1rem 0 .4rem; }
details { border: 1px solid var(--line); border-bottom-width: 0; padding: 0 1rem; background: var(--raised); }
section details:first-of-type { border-radius: 8px 8px 0 0; }
section details:last-of-type { border-radius: 0 0 8px 8px; border-bottom-width: 1px; }
section details:only-of-type { border-radius: 8px; }
details[open] { padding-bottom: 1rem; }
summary { display: grid; grid-template-columns: 4.2rem minmax(0, 23rem) 1fr; gap: .4rem 1rem; align-items: baseline; padding: .6rem 0; cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary:hover code { color: var(--accent); }
summary b { font-size: .72rem; letter-spacing: .06em; }
summary code { color: var(--ink); overflow-wrap: anywhere; }
summary span { color: var(--soft); }
.get { color: var(--get); } .post { color: var(--post); } .put { color: var(--put); } .patch { color: var(--patch); } .delete { color: var(--delete); }
pre { margin: .4rem 0; padding: .8rem 1rem; overflow: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--ground); line-height: 1.5; }
table { width: 100%; border-collapse: collapse; margin: .8rem 0; }
th { text-align: left; font-size: .75rem; font-weight: 500; color: var(--soft); }
th, td { padding: .35rem 1rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td small { display: block; }
.status { font-weight: 600; font-variant-numeric: tabular-nums; }
.s2, .s3 { color: var(--post); } .s4, .s5 { color: var(--delete); }
.notice { display: grid; place-items: center; grid-template-columns: 1fr; min-height: 100vh; padding: 2rem; }
.notice main { max-width: 34rem; }
.notice .status { color: var(--accent); margin: 0; }
.notice h1 { font-size: 1.6rem; }
@media (max-width: 760px) {
  body { display: block; padding: 0 1rem 4rem; }
  body.notice { display: grid; }
  nav { position: static; max-height: none; padding: 1.2rem 0 0; }
  nav ul { display: flex; flex-wrap: wrap; gap: 0 1rem; margin: .6rem 0; }
  nav li { border: 0; gap: .3rem; }
  summary { grid-template-columns: 4.2rem 1fr; }
  summary span { grid-column: 2; }
  table, tbody, tr, td { display: block; } thead { display: none; } td { border: 0; padding: .15rem 0; } tr { border-bottom: 1px solid var(--line); padding: .4rem 0; }
}
`;
