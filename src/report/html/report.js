// The list of stories: from the data in the page to text nodes. Nothing here makes markup of text.
"use strict";
(() => {
  const PAGE = 30;
  const REPORTS = 6;
  const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const byId = (id) => document.getElementById(id);
  const stories = JSON.parse(byId("data").textContent);
  const ticked = new Set();
  let found = stories;
  let page = 0;

  // What is asked of each story again and again.
  for (const story of stories) {
    const all = story.groups.flat();
    const dated = all.filter((a) => a.at !== undefined).sort((a, b) => a.at - b.at);
    story.lead = all[0];
    story.all = all;
    story.first = dated[0];
    story.last = dated.at(-1);
    story.outlets = new Set(all.map((a) => a.source).filter(Boolean));
    story.langs = new Set(all.map((a) => a.lang).filter(Boolean));
  }

  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const hay = (story) =>
    (story.hay ??= folded([story.id, ...story.all.map((a) => `${a.title ?? ""} ${a.source ?? ""} ${a.id}`)].join("\n")));

  // Elements. A string is always a text node.
  const fill = (node, attributes, children) => {
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.flat().filter((child) => child !== undefined && child !== ""));
    return node;
  };
  const el = (name, attributes = {}, ...children) => fill(document.createElement(name), attributes, children);
  const svg = (name, attributes = {}, ...children) =>
    fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
  // Text of an article keeps its own direction of writing to itself.
  const bdi = (text) => el("bdi", { dir: "auto" }, text);
  const link = (article, text) =>
    article.url ? el("a", { href: article.url, rel: "noopener noreferrer", target: "_blank" }, bdi(text)) : bdi(text);

  // Words
  const count = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
  const when = (seconds) => {
    const d = new Date(seconds * 1000);
    const two = (n) => String(n).padStart(2, "0");
    return `${d.getUTCDate()} ${MONTHS[d.getUTCMonth()]} ${d.getUTCFullYear()}, ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;
  };
  const lag = (seconds) => {
    const minutes = Math.floor(seconds / 60);
    const [d, h, m] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
    if (d > 0) return `+${d} d${h ? ` ${h} h` : ""}`;
    if (h > 0) return `+${h} h${m ? ` ${m} min` : ""}`;
    return m > 0 ? `+${m} min` : "at once";
  };
  const title = (article) => article.title || article.id;
  const outlet = (article) => article.source || "unknown outlet";
  const after = (story, article) => {
    if (article.at === undefined) return "undated";
    return article === story.first ? "first" : lag(article.at - story.first.at);
  };

  // One story
  const row = (story, article, what) =>
    el("div", { class: "row" },
      el("span", { class: article === story.first ? "lag first" : "lag" }, after(story, article)),
      el("span", { class: "outlet" }, bdi(outlet(article))),
      el("span", { class: "what" }, what));

  const copy = (story, lead, article) => {
    const what = [];
    if (title(article) !== title(lead)) what.push(link(article, title(article)), " ");
    else if (article.url) what.push(link(article, "same title"), " ");
    what.push(el("span", { class: "how" }, article.how ?? ""));
    if (article.changed) what.push(" ", el("span", { class: "changed" }, bdi(article.changed)));
    return el("li", {}, row(story, article, what));
  };

  const byTime = (a, b) => (a.at ?? Infinity) - (b.at ?? Infinity) || 0;

  const begin = (group) => Math.min(...group.map((article) => article.at ?? Infinity));
  const byFirst = (groups) => [...groups].sort((a, b) => begin(a) - begin(b) || 0);

  // Folded content is made when it is asked for.
  const foldout = (attributes, summary, make) => {
    const details = el("details", attributes, el("summary", {}, summary));
    details.addEventListener("toggle", () => details.append(make()), { once: true });
    return details;
  };

  // A text goes by who had it first; the version that stands for it may be a later one.
  const report = (story, group) => {
    const [lead, ...copies] = group;
    const first = [...group].sort(byTime)[0];
    const what = lead === story.lead
      ? [el("span", { class: "how" }, story.why)]
      : [link(lead, title(lead)), " ", el("span", { class: "how" }, lead.how ?? "")];
    if (first !== lead && first.at < lead.at) {
      const by = lead.source === first.source ? "this version" : `this version by ${outlet(lead)}`;
      what.push(el("span", { class: "how" }, `; ${by} ${lag(lead.at - first.at)}`));
    }
    const item = el("li", {}, row(story, first, what));
    if (copies.length > 0) {
      item.append(foldout({ class: "copies" }, count(copies.length, "copy", "copies"), () =>
        el("ul", {}, copies.sort(byTime).map((article) => copy(story, lead, article)))));
    }
    return item;
  };

  const timeline = (story) => {
    if (!story.first || story.first.at === story.last.at) return [];
    const length = story.last.at - story.first.at;
    const drawn = new Set();
    const dots = [[], []];
    story.groups.forEach((group) => group.forEach((article, n) => {
      if (article.at === undefined) return;
      const x = (100 * (article.at - story.first.at)) / length;
      const key = `${Math.round(x * 4)} ${n > 0}`;
      if (drawn.has(key)) return;
      drawn.add(key);
      dots[n > 0 ? 0 : 1].push(svg("circle", { cx: `${x.toFixed(2)}%`, cy: 9, r: n > 0 ? 3.5 : 4.5, class: n > 0 ? undefined : "report" }));
    }));
    const label = `${count(story.size, "article", "articles")} from ${when(story.first.at)} to ${when(story.last.at)}`;
    return [
      svg("svg", { class: "timeline", role: "img", "aria-label": label },
        svg("line", { x1: 0, x2: "100%", y1: 9, y2: 9 }), dots.flat()),
      el("div", { class: "ends", "aria-hidden": "true" }, el("span", {}, when(story.first.at)), el("span", {}, when(story.last.at))),
    ];
  };

  const meta = (story) => {
    const parts = [];
    if (story.first?.source && story.size > 1) parts.push([el("strong", {}, bdi(outlet(story.first))), story.outlets.size > 1 ? " had it first" : ""]);
    else parts.push([el("strong", {}, bdi(outlet(story.lead)))]);
    if (story.first && story.first.at === story.last.at) parts.push([when(story.first.at)]);
    if (story.outlets.size > 1) parts.push([`${story.outlets.size} outlets`]);
    if (story.size > 1) {
      const copies = story.size - story.groups.length;
      parts.push([count(story.groups.length, "report", "reports") + (copies ? `, ${count(copies, "copy", "copies")}` : "")]);
    }
    if (story.langs.size > 0) parts.push([[...story.langs].sort().join(" ")]);
    if (story.weakest !== undefined) parts.push([`weakest link ${story.weakest.toFixed(2)}`]);
    parts.push([el("span", { class: "id" }, story.id)]);
    if (story.related) {
      const before = el("button", { type: "button", class: "link" }, "the story before");
      before.addEventListener("click", () => ask(story.related));
      parts.push([before]);
    }
    return el("p", { class: "meta" }, parts.flatMap((part, n) => (n > 0 ? [" · ", ...part] : part)));
  };

  const card = (story) => {
    const heading = `t-${story.id}`;
    const box = el("input", { type: "checkbox", "aria-label": `Tick: ${title(story.lead)}` });
    box.checked = ticked.has(story);
    box.addEventListener("change", () => {
      if (box.checked) ticked.add(story); else ticked.delete(story);
      tally();
    });
    const body = el("div", { class: "body" }, el("h3", { id: heading }, link(story.lead, title(story.lead))), meta(story));
    if (story.size > 1) {
      const groups = byFirst(story.groups);
      const list = el("ul", { class: "reports" }, groups.slice(0, REPORTS).map((group) => report(story, group)));
      body.append(...timeline(story), list);
      const rest = groups.slice(REPORTS);
      if (rest.length > 0) {
        body.append(foldout({ class: "more" }, count(rest.length, "more report", "more reports"), () =>
          el("ul", { class: "reports" }, rest.map((group) => report(story, group)))));
      }
    }
    const size = el("span", { class: "size", title: count(story.size, "article", "articles") }, story.size.toLocaleString("en"));
    return el("li", {}, el("article", { class: story.size > 1 ? "story" : "story single", "aria-labelledby": heading },
      el("div", { class: "gutter" }, size, el("label", { class: "tick" }, box)), body));
  };

  // The list
  const show = () => {
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    page = Math.min(page, pages - 1);
    byId("list").replaceChildren(...found.slice(page * PAGE, (page + 1) * PAGE).map(card));
    byId("pages").hidden = pages === 1;
    byId("page").textContent = `Page ${page + 1} of ${pages.toLocaleString("en")}`;
    byId("before").disabled = page === 0;
    byId("after").disabled = page === pages - 1;
    const articles = found.reduce((sum, story) => sum + story.size, 0);
    const shown = `${count(found.length, "story", "stories")}, ${count(articles, "article", "articles")}`;
    byId("status").textContent = found.length === stories.length ? shown : `${shown}, of ${stories.length.toLocaleString("en")} stories`;
  };

  const ORDERS = {
    size: () => 0,
    newest: (a, b) => (b.last?.at ?? -Infinity) - (a.last?.at ?? -Infinity) || 0,
    oldest: (a, b) => (a.first?.at ?? Infinity) - (b.first?.at ?? Infinity) || 0,
    outlets: (a, b) => b.outlets.size - a.outlets.size,
    loosest: (a, b) => (a.weakest ?? Infinity) - (b.weakest ?? Infinity) || 0,
  };

  const select = () => {
    const words = folded(byId("query").value).split(/\s+/).filter(Boolean);
    const [source, own, lang] = ["source", "own", "lang"].map((id) => byId(id).value);
    const least = Number(byId("least").value);
    found = stories.filter((story) =>
      story.size >= least &&
      (!source || story.outlets.has(source)) &&
      (!own || !story.outlets.has(own)) &&
      (!lang || story.langs.has(lang)) &&
      words.every((word) => hay(story).includes(word)));
    const order = byId("order").value;
    if (order !== "size") found.sort(ORDERS[order]);
    page = 0;
    show();
  };

  const ask = (text) => {
    byId("query").value = text;
    for (const id of ["source", "own", "lang"]) byId(id).value = "";
    byId("least").value = "1";
    select();
    byId("stories").focus();
    byId("stories").scrollIntoView();
  };

  const turn = (by) => {
    page += by;
    show();
    byId("stories").focus();
    byId("stories").scrollIntoView();
  };

  // Markdown of the ticked stories
  const plain = (text) => text.replace(/[\\`*_{}[\]<>()#+!|~-]/g, "\\$&");
  const linked = (article, text) => (article.url ? `[${plain(text)}](<${article.url.replace(/[<>\\\s]/g, encodeURIComponent)}>)` : plain(text));
  const markdown = (story) => {
    const copies = story.size - story.groups.length;
    const counts = [count(story.outlets.size, "outlet", "outlets"), count(story.groups.length, "report", "reports"), count(copies, "copy", "copies")];
    const lines = [`- **${linked(story.lead, title(story.lead))}**: ${counts.join(", ")}`];
    for (const [lead] of byFirst(story.groups)) {
      lines.push(`  - ${plain(outlet(lead))}${lead.at === undefined ? "" : `, ${when(lead.at)} UTC`}: ${linked(lead, title(lead))}`);
    }
    return lines.join("\n");
  };

  const tally = () => {
    byId("ticked").hidden = ticked.size === 0;
    byId("count").textContent = `${count(ticked.size, "story", "stories")} ticked`;
    byId("copied").textContent = "";
  };

  const write = async () => {
    const text = `${stories.filter((story) => ticked.has(story)).map(markdown).join("\n")}\n`;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Older browsers let pages from a disk copy a selection only.
      const area = el("textarea", { "aria-label": "Markdown", readonly: true });
      area.value = text;
      byId("ticked").append(area);
      area.select();
      const done = document.execCommand("copy");
      if (done) area.remove();
      byId("copied").textContent = done ? "Copied" : "Copy the text with the keyboard";
      return;
    }
    byId("copied").textContent = "Copied";
  };

  // Controls
  const choices = (id, of) => {
    const names = new Map();
    for (const story of stories) for (const name of of(story)) names.set(name, (names.get(name) ?? 0) + 1);
    const sorted = [...names].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 500);
    byId(id).append(...sorted.map(([name, n]) => el("option", { value: name }, `${name} (${n.toLocaleString("en")})`)));
  };
  choices("source", (story) => story.outlets);
  choices("own", (story) => story.outlets);
  choices("lang", (story) => story.langs);

  let waiting;
  byId("query").addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(select, 80);
  });
  for (const id of ["order", "source", "own", "lang", "least"]) byId(id).addEventListener("change", select);
  byId("tools").addEventListener("submit", (event) => event.preventDefault());
  byId("before").addEventListener("click", () => turn(-1));
  byId("after").addEventListener("click", () => turn(1));
  byId("copy").addEventListener("click", write);
  byId("clear").addEventListener("click", () => {
    ticked.clear();
    tally();
    show();
  });
  for (const loose of document.querySelectorAll("a[data-story]")) {
    loose.addEventListener("click", (event) => {
      event.preventDefault();
      ask(loose.dataset.story);
    });
  }
  document.addEventListener("keydown", (event) => {
    const typing = /^(input|select|textarea)$/i.test(event.target.tagName);
    if (event.key === "/" && !typing) {
      event.preventDefault();
      byId("query").focus();
    }
  });

  const theme = byId("theme");
  const isDark = () => {
    const set = document.documentElement.dataset.theme;
    return set ? set === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  };
  const name = () => (theme.textContent = isDark() ? "Light" : "Dark");
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    name();
  });
  name();

  // A wide page has nothing to unfold the filters with.
  const wide = matchMedia("(min-width: 40.01rem)");
  byId("filters").open = wide.matches;
  wide.addEventListener("change", () => (byId("filters").open ||= wide.matches));
  theme.hidden = false;
  byId("tools").hidden = false;
  show();
  // Who comes back finds the filters as they were left: the browser sets them once the page is there.
  addEventListener("pageshow", (event) => event.persisted || select());
})();
