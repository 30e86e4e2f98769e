// The page of a report in a browser: it is clicked, typed into, filtered and read. Any console error, any request but for
// the page itself, and any serious finding of axe fails.
//
// node --test tests/browser (SAMESTORY names the binary, CHROMIUM the browser, SHOTS a folder for pictures)
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

const root = resolve(import.meta.dirname, "../..");
const binary = resolve(process.env.SAMESTORY ?? join(root, "target/debug/samestory"));
const shots = resolve(process.env.SHOTS ?? join(root, "target/browser"));
const axe = readFileSync(join(import.meta.dirname, "node_modules/axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "samestory-"));
const SIZES = [{ width: 1440, height: 1000 }, { width: 390, height: 844 }];
let browser;

before(async () => {
  mkdirSync(shots, { recursive: true });
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium" });
});
after(async () => {
  await browser.close();
  rmSync(folder, { recursive: true });
});

/** Runs the command from the root of the repository. */
const samestory = (...args) => execFileSync(binary, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });

/** The page of a report. */
const report = (name, ...inputs) => {
  const page = join(folder, name);
  samestory("report", "-q", ...inputs, "--html", page);
  return page;
};

/** Opens a page and hands it to `use`; what it complains of or asks for fails the test. */
const open = async (file, options, use) => {
  const context = await browser.newContext({ viewport: SIZES[0], ...options });
  const faults = [];
  await context.route("**", (route) => {
    const url = route.request().url();
    if (url === `file://${file}`) return route.continue();
    faults.push(`request: ${url}`);
    return route.abort();
  });
  const page = await context.newPage();
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && faults.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`error: ${error}`));
  page.on("dialog", (dialog) => faults.push(`dialog: ${dialog.message()}`));
  await page.goto(`file://${file}`);
  await use(page, context);
  assert.deepEqual(faults, []);
  await context.close();
};

const accessible = async (page) => {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const serious = violations.filter((v) => ["serious", "critical"].includes(v.impact));
  assert.deepEqual(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).slice(0, 3).join(" ")}`), []);
};

const titles = (page) => page.locator("#list h3").allTextContents();
const status = (page) => page.locator("#status").textContent();

/** Filters wait for the fingers to rest. */
const answered = (page, expected) => page.waitForFunction((text) => document.getElementById("status").textContent.startsWith(text), expected);

/** Looks at a page at all sizes, light and dark. */
const look = async (file, name) => {
  for (const viewport of SIZES) {
    for (const colorScheme of ["light", "dark"]) {
      await open(file, { viewport, colorScheme }, async (page) => {
        for (const copies of await page.locator("details.copies > summary").all()) await copies.click();
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `${name} is ${overflow} pixels too wide at ${viewport.width}`);
        await accessible(page);
        await page.screenshot({ path: join(shots, `${name}-${viewport.width}-${colorScheme}.png`), fullPage: true });
      });
    }
  }
};

test("the samples look right at any width, light and dark", async () => {
  await look(report("samples.html", "samples/articles"), "samples");
});

test("explanations look right at any width, light and dark", async () => {
  const asked = { copies: ["nw-20250905-0102", "nw-20250905-0117"], apart: ["nw-20250905-0102", "nw-20250903-0433"], tree: ["szxtjpq2kaqy5"] };
  for (const [name, ids] of Object.entries(asked)) {
    const page = join(folder, `${name}.html`);
    samestory("explain", ...ids, "--html", page, "--in", "samples/articles");
    await look(page, `explain-${name}`);
  }
});

test("stories are there without scripts", async () => {
  await open(report("plain.html", "samples/articles"), { javaScriptEnabled: false }, async (page) => {
    assert.equal(await page.locator(".plain li").count(), 32);
    assert.match(await page.locator(".plain li").first().innerText(), /Sarkov.*Oruk[^]*8 articles · 5 outlets/);
    await page.screenshot({ path: join(shots, "plain-1440-light.png"), fullPage: true });
  });
});

test("the list is searched, filtered, ordered and turned", async () => {
  await open(report("list.html", "samples/articles"), {}, async (page) => {
    assert.equal(await page.locator("h1").textContent(), "84 articles tell 32 stories");
    assert.equal(await status(page), "32 stories, 84 articles");
    assert.equal((await titles(page)).length, 30);
    await page.getByRole("button", { name: "Next" }).click();
    assert.equal((await titles(page)).length, 2);
    await page.keyboard.press("/");
    await page.keyboard.type("ORUK sarkov");
    await answered(page, "1 story, 8 articles, of 32 stories");
    assert.match((await titles(page))[0], /Sarkov.*Oruk/);
    await page.getByLabel("Search").fill("nobody says this");
    await answered(page, "0 stories");
    await page.getByLabel("Search").fill("arrasa hectareas");
    await answered(page, "1 story, 3 articles");
    await page.getByLabel("Search").fill("");
    await answered(page, "32 stories");
    await page.locator("#lang").selectOption("es");
    await answered(page, "2 stories");
    await page.locator("#lang").selectOption("");
    const by = async (control) => {
      await page.locator(control).selectOption("Norwire");
      const n = Number((await status(page)).split(" ")[0]);
      await page.locator(control).selectOption("");
      return n;
    };
    assert.equal(await by("#source") + await by("#own"), 32);
    await page.locator("#order").selectOption("loosest");
    const loosest = await page.locator(".loose a").allTextContents();
    assert.deepEqual((await titles(page)).slice(0, loosest.length), loosest);
    await page.locator(".loose a").first().click();
    await answered(page, "1 story");
  });
});

test("filters are there however the page is turned, and as they were left", async () => {
  const file = report("turned.html", "samples/articles");
  const [tall, wide] = [{ width: 390, height: 844 }, { width: 844, height: 390 }];
  await open(file, { viewport: tall }, async (page) => {
    assert.equal(await page.locator("#order").isVisible(), false);
    await page.setViewportSize(wide);
    await page.locator("#order").waitFor();
    await page.locator("#lang").selectOption("es");
    await answered(page, "2 stories");
    await page.screenshot({ path: join(shots, "turned.png"), fullPage: true });
    await page.setViewportSize(tall);
    assert.equal(await page.locator("#order").isVisible(), true);
  });
  await open(file, {}, async (page) => {
    await page.locator("#lang").selectOption("es");
    await page.locator("#order").selectOption("oldest");
    await answered(page, "2 stories");
    const before = await titles(page);
    await page.goto("about:blank");
    await page.goBack();
    await answered(page, "2 stories");
    assert.equal(await page.locator("#lang").inputValue(), "es");
    assert.deepEqual(await titles(page), before);
  });
});

test("copies unfold and say what changed", async () => {
  await open(report("copies.html", "samples/articles"), {}, async (page) => {
    await page.getByLabel("Search").fill("night express");
    await answered(page, "1 story");
    await page.getByText("2 copies", { exact: true }).focus();
    await page.keyboard.press("Enter");
    assert.match(await page.locator(".copies .changed").first().textContent(), /^numbers .*→/);
  });
});

test("ticked stories are copied as Markdown", async () => {
  const permissions = ["clipboard-read", "clipboard-write"];
  await open(report("ticked.html", "samples/articles"), { permissions }, async (page) => {
    const boxes = page.getByRole("checkbox");
    await boxes.nth(0).focus();
    await page.keyboard.press("Space");
    await boxes.nth(1).check();
    assert.equal(await page.locator("#count").textContent(), "2 stories ticked");
    await page.getByRole("button", { name: "Copy as Markdown" }).click();
    await page.waitForFunction(() => document.getElementById("copied").textContent === "Copied");
    const text = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(text, /^- \*\*.*Sarkov.*\*\*: 5 outlets, 2 reports, 6 copies\n  - Norwire, /);
    assert.equal(text.match(/^- /gm).length, 2);
    await page.getByRole("button", { name: "Clear" }).click();
    assert.equal(await page.locator("#ticked").isVisible(), false);
  });
});

test("light and dark can be chosen", async () => {
  await open(report("theme.html", "samples/articles"), { colorScheme: "light" }, async (page) => {
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    await page.getByRole("button", { name: "Dark" }).click();
    assert.notEqual(await paper(), light);
    await page.getByRole("button", { name: "Light" }).click();
    assert.equal(await paper(), light);
  });
});

test("hostile text is text", async () => {
  const hostile = `</script><script>window.pwned=1</script><img src=x onerror="window.pwned=1"><b>B</b> \u202ednuora <a href="javascript:window.pwned=1">x</a>`;
  const article = (n) => JSON.stringify({
    id: `${hostile}${n}`, title: n === 1 ? hostile.repeat(8000) : hostile, text: hostile.repeat(9), source: `${hostile}${n}`,
    lang: hostile, url: n % 2 ? `https://x.example/"onclick="window.pwned=1` : "javascript:window.pwned=1", published: `2026-01-0${n + 1}T00:00:00Z`,
  });
  const input = join(folder, "hostile.jsonl");
  writeFileSync(input, `${[0, 1, 2, 3].map(article).join("\n")}\n{"no": "${hostile.replaceAll('"', "'")}"}\n`);
  await open(report("hostile.html", input), {}, async (page) => {
    for (const summary of await page.locator("summary").all()) if (await summary.isVisible()) await summary.click();
    assert.match((await titles(page))[0], /^<\/script><script>window\.pwned=1<\/script><img src=x/);
    assert.equal(await page.locator("img, #list b, #list script, [onclick], [onerror], a[href^=javascript]").count(), 0);
    assert.equal(await page.evaluate(() => window.pwned), undefined);
    // The policy of the page holds even where markup gets in.
    const run = await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "window.pwned = 1";
      return new Promise((done) => {
        document.addEventListener("securitypolicyviolation", () => done(window.pwned));
        document.body.append(script);
      });
    }).catch((error) => String(error));
    assert.equal(run, undefined);
  }).catch((error) => {
    // The violation that was asked for is told on the console, and nothing else is.
    if (!/Content Security Policy/.test(error.message) || error.actual?.length !== 1) throw error;
  });
  await look(join(folder, "hostile.html"), "hostile");
});

/** A stream of made-up events: each has its own words, several reports, and copies of them. */
const stream = (articles) => {
  let state = 1;
  const random = (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
  const syllables = ["ka", "ro", "mi", "ten", "sul", "vor", "lin", "dra", "pe", "quo", "bas", "net"];
  const word = () => Array.from({ length: 2 + random(3) }, () => syllables[random(12)]).join("");
  const sentence = (words, n) => Array.from({ length: n }, () => (random(3) ? words[random(words.length)] : word())).join(" ");
  const lines = [];
  for (let event = 0; lines.length < articles; event++) {
    const words = Array.from({ length: 24 }, word);
    const begin = Date.UTC(2026, 0, 1) + random(7 * 24 * 60) * 60_000;
    for (let n = 0, reports = 1 + random(random(12) ? 2 : 9); n < reports; n++) {
      const [title, text] = [sentence(words, 8), sentence(words, 120)];
      for (let c = 0, copies = 1 + random(4); c < copies && lines.length < articles; c++) {
        const published = new Date(begin + (random(600) + 60 * c) * 60_000).toISOString();
        lines.push(JSON.stringify({ id: `${event}-${n}-${c}`, title, text, published, source: `Outlet ${random(40)}`, lang: "en", url: `https://outlet.example/${event}/${n}/${c}` }));
      }
    }
  }
  return lines.join("\n");
};

test("20,000 articles stay fluid", async () => {
  const input = join(folder, "stream.jsonl");
  writeFileSync(input, stream(20_000));
  const file = report("stream.html", input);
  await open(file, {}, async (page) => {
    // How long the page takes from its first byte to its list, and the list from a key to its answer; told, not judged.
    const opened = await page.evaluate(() => performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd);
    assert.match(await status(page), /20,000 articles$/);
    const filtered = await page.evaluate(() => new Promise((done) => {
      const start = performance.now();
      new MutationObserver(() => requestAnimationFrame(() => done(performance.now() - start)))
        .observe(document.getElementById("status"), { childList: true });
      const query = document.getElementById("query");
      query.value = "outlet 7";
      query.dispatchEvent(new Event("input"));
    }));
    assert.match(await status(page), /^[\d,]+ stories, [\d,]+ articles, of [\d,]+ stories$/);
    const megabytes = readFileSync(file).length / 2 ** 20;
    console.log(`20,000 articles: ${megabytes.toFixed(1)} MB, opened in ${opened.toFixed(0)} ms, filtered in ${filtered.toFixed(0)} ms`);
    await page.locator("#order").selectOption("newest");
    await page.getByRole("button", { name: "Next" }).click();
    assert.match(await page.locator("#page").textContent(), /^Page 2 of /);
  });
  await look(file, "stream");
});
