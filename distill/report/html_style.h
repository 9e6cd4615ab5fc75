// distill/report/html_style.h - private to html_page.c: the style sheet of all reports.
#ifndef DISTILL_REPORT_HTML_STYLE_H
#define DISTILL_REPORT_HTML_STYLE_H

// clang-format off
/// The colours c0 … c5 can be distinguished with any colour vision (after Okabe & Ito 2008).
static const char HTML_STYLE[] =
    ":root{color-scheme:light dark;--page:#f6f7f9;--card:#fff;--ink:#1a1f26;--soft:#59626e;--line:#dde1e7;"
    "--good:#0a7a4b;--bad:#b3261e;"
    "--c0:#0068b5;--c1:#c8500a;--c2:#00805f;--c3:#a83f82;--c4:#9a7500;--c5:#5b5bd6}\n"
    "@media(prefers-color-scheme:dark){:root{--page:#12151a;--card:#1b2027;--ink:#e7eaee;--soft:#a2abb7;"
    "--line:#333b46;--good:#5fd3a0;--bad:#ff8f85;"
    "--c0:#5ab4f5;--c1:#f58a4b;--c2:#3cc9a0;--c3:#e58bc3;--c4:#dfbd3f;--c5:#a5a5ff}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0 auto;padding:1rem 1rem 3rem;max-width:820px;background:var(--page);color:var(--ink);"
    "font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif;"
    "-webkit-text-size-adjust:100%;overflow-wrap:break-word}\n"
    "h1{font-size:1.7rem;line-height:1.2;margin:.6rem 0 .3rem}\n"
    "h2{font-size:1.25rem;margin:2.2rem 0 .6rem}h3{font-size:1.02rem;margin:1.6rem 0 .5rem}\n"
    "header p,figcaption,.note,.label{color:var(--soft)}header p{margin:0}p{margin:.6rem 0}\n"
    "figcaption,.note{font-size:.88rem;line-height:1.45}\n"
    ".table{display:flex;flex-direction:column;background:var(--card);border:1px solid var(--line);border-radius:10px;margin:.8rem 0}\n"
    ".scroll{overflow-x:auto;border-radius:10px}.note{order:1;margin:0;padding:.6rem .9rem .7rem;border-top:1px solid var(--line)}\n"
    "table{border-collapse:separate;border-spacing:0;width:100%;font-variant-numeric:tabular-nums;font-size:.95rem}\n"
    "th,td{padding:.5rem .9rem;text-align:right;vertical-align:top;white-space:nowrap}\n"
    "th:first-child{text-align:left}thead th{color:var(--soft);font-size:.85rem}\n"
    "tbody th,tbody td{border-top:1px solid var(--line)}tbody th{font-weight:600;position:sticky;left:0;background:var(--card);white-space:normal;min-width:6rem;overflow-wrap:anywhere}\n"
    "td small,th small{display:block;color:var(--soft);font-size:.82rem;font-weight:400;white-space:pre}\n"
    "figure{margin:.8rem 0;padding:.9rem;background:var(--card);border:1px solid var(--line);border-radius:10px}\n"
    "figcaption{margin-top:.6rem}\n"
    ".plots{display:flex;flex-wrap:wrap;gap:1rem}\n"
    ".plot{flex:1 1 100%;width:100%;height:auto;display:block}\n"
    ".plot.small{flex:0 1 calc(50% - .5rem);width:calc(50% - .5rem)}.plot.narrow{display:none}\n"
    "@media(max-width:620px){.plot.wide{display:none}.plot.narrow{display:block;max-width:460px}"
    ".plot.small{flex-basis:100%;width:100%;max-width:460px}figure{padding:.7rem}th,td{padding:.45rem .6rem}}\n"
    "svg text{fill:var(--soft);font:13px system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',"
    "sans-serif;font-variant-numeric:tabular-nums}\n"
    "svg .ink{fill:var(--ink);paint-order:stroke;stroke:var(--card);stroke-width:3px}svg .title{fill:var(--ink);font-weight:600;font-size:14px}\n"
    ".end{text-anchor:end}.mid{text-anchor:middle}\n"
    ".grid{stroke:var(--line);stroke-width:1}.axis{stroke:var(--soft);stroke-width:1}\n"
    ".zero{stroke:var(--ink);stroke-width:1.2;stroke-dasharray:4 3}\n"
    ".line{fill:none;stroke:var(--c);stroke-width:2;stroke-linejoin:round;stroke-linecap:round}\n"
    ".faint{stroke-width:1;opacity:.45}.whisker{stroke:var(--c);stroke-width:3;stroke-linecap:round;opacity:.6}\n"
    ".dot,.bar{fill:var(--c)}.dot{stroke:var(--card);stroke-width:1.5}.bar{opacity:.85}\n"
    ".c0{--c:var(--c0)}.c1{--c:var(--c1)}.c2{--c:var(--c2)}.c3{--c:var(--c3)}.c4{--c:var(--c4)}.c5{--c:var(--c5)}\n"
    "details{background:var(--card);border:1px solid var(--line);border-left:4px solid var(--soft);"
    "border-radius:8px;margin:.5rem 0;padding:0 .9rem}\n"
    "details.good{border-left-color:var(--good)}details.bad{border-left-color:var(--bad)}\n"
    "summary{cursor:pointer;padding:.6rem 0;font-weight:500}details[open]{padding-bottom:.8rem}\n"
    ".label{font-size:.85rem;margin:.7rem 0 .2rem}\n"
    ".verbatim{white-space:pre-wrap;overflow-wrap:anywhere;font:.86rem/1.5 ui-monospace,SFMono-Regular,Menlo,"
    "Consolas,'DejaVu Sans Mono',monospace;background:var(--page);border-radius:6px;padding:.6rem .7rem;"
    "max-height:30rem;overflow-y:auto}.verbatim em{color:var(--soft)}\n"
    "@media print{details>*{display:block}.verbatim{max-height:none}body{background:none}}\n";
// clang-format on

#endif
