// The editors' page in a browser, with two editors at once: live updates, a merger by keyboard alone, a stale decision shown and
// resolved, undo, review, a restart. Any console error, any request elsewhere and any serious finding of axe fails.
//
// node --test tests/browser (SAMESTORY names the binary, CHROMIUM the browser, SHOTS a folder for pictures)
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
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
const TOKENS = { anna: "anna-0123456789abcdef", bert: "bert-0123456789abcdef", feed: "feed-0123456789abcdef" };
let browser;
let served;

/** Starts the service; gives its address and what ends it. */
const serve = () =>
  new Promise((started, failed) => {
    const args = ["serve", "--index", join(folder, "news.idx"), "--listen", "127.0.0.1:0", "--tokens", join(folder, "tokens")];
    const child = spawn(binary, args, { stdio: ["ignore", "ignore", "pipe"] });
    const ended = new Promise((done) => child.on("exit", done));
    child.stderr.on("data", (data) => {
      const url = /listening on (\S+)/.exec(data)?.[1];
      if (url) started({ url, stop: () => (child.kill("SIGTERM"), ended) });
      else if (!/stopped/.test(data)) failed(new Error(String(data)));
    });
  });

before(async () => {
  mkdirSync(shots, { recursive: true });
  writeFileSync(join(folder, "tokens"), `editor anna ${TOKENS.anna}\neditor bert ${TOKENS.bert}\nfeeder feed ${TOKENS.feed}\n`);
  served = await serve();
  execFileSync(binary, ["update", "-q", "--index", join(folder, "news.idx"), "samples/articles", "-o", join(folder, "out.csv")], { cwd: root });
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium" });
});
after(async () => {
  await browser?.close();
  await served?.stop();
  rmSync(folder, { recursive: true });
});

/** An editor who has signed in, with a page; what it complains of or asks for elsewhere fails the test at the end. */
const editor = async (name, options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const faults = [];
  context.on("request", (request) => request.url().startsWith(served.url) || faults.push(`request: ${request.url()}`));
  const page = await context.newPage();
  page.on("console", (message) => {
    // What cannot be decided is answered with its status, and a proxy with its own; that is no fault of the page.
    const refused = /status of (400|409|502)/.test(message.text());
    if (["error", "warning"].includes(message.type()) && !refused) faults.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error}`));
  await page.goto(served.url);
  await page.getByLabel("Token").fill(TOKENS[name]);
  await page.keyboard.press("Enter");
  await page.getByText(name).waitFor();
  const done = async () => {
    assert.deepEqual(faults, []);
    await context.close();
  };
  return { page, done };
};

const feed = async (article) => {
  const headers = { "content-type": "application/json", authorization: `bearer ${TOKENS.feed}` };
  const answer = await fetch(`${served.url}/v1/articles`, { method: "POST", headers, body: JSON.stringify(article) });
  assert.equal(answer.status, 201);
  return answer.json();
};

const accessible = async (page) => {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const serious = violations.filter((v) => ["serious", "critical"].includes(v.impact));
  assert.deepEqual(serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).slice(0, 3).join(" ")}`), []);
};

/** Ticks the story that stands at the mark with the keyboard, going down to it. */
const tickByKeys = async (page, title) => {
  for (let i = 0; i < 60; i += 1) {
    await page.keyboard.press("j");
    if ((await page.locator(".story.at h3").textContent()).includes(title)) break;
  }
  await page.keyboard.press("x");
};

test("two editors at once", async () => {
  const [anna, bert] = [await editor("anna"), await editor("bert")];
  await anna.page.goto(`${served.url}/?hours=0`);
  await bert.page.goto(`${served.url}/?hours=0`);

  // What comes in appears on both pages by itself.
  await anna.page.getByText("Live.").waitFor();
  await bert.page.getByText("Live.").waitFor();
  await feed({ id: "goats", title: "Goats block the Wendel pass", text: "A herd lay down between two bends and ate the signpost.", source: "Gazette" });
  for (const { page } of [anna, bert]) await page.getByRole("link", { name: "Goats block the Wendel pass" }).waitFor({ timeout: 15_000 });
  await feed({ id: "cheese", title: "Cheese wins a blue ribbon", text: "Judges tasted ninety wheels before lunch.", source: "Mirror" });
  await anna.page.getByRole("link", { name: "Cheese wins" }).waitFor({ timeout: 15_000 });

  // A merger, with nothing but the keyboard.
  await tickByKeys(anna.page, "Goats");
  await anna.page.reload();
  await tickByKeys(anna.page, "Goats");
  await anna.page.evaluate(() => document.activeElement.blur());
  for (let i = 0; i < 60; i += 1) await anna.page.keyboard.press("k");
  if (!(await anna.page.locator(".story.at h3").textContent()).includes("Cheese")) await tickByKeys(anna.page, "Cheese");
  else await anna.page.keyboard.press("x");
  assert.equal(await anna.page.locator("input[name=stories]:checked").count(), 2);
  for (let i = 0; i < 200; i += 1) {
    await anna.page.keyboard.press("Tab");
    if (await anna.page.evaluate(() => document.activeElement.name === "reason")) break;
  }
  await anna.page.keyboard.type("one day in the country");
  await anna.page.keyboard.press("Tab");
  await anna.page.keyboard.press("Enter");
  await anna.page.waitForURL(/\/stories\//);
  const story = anna.page.url();
  assert.equal(await anna.page.locator(".own .group").count(), 2);
  await anna.page.getByText("anna said that 2 articles tell one story: one day in the country").waitFor();

  // Both look at it; one is faster, the other is told and does it nevertheless.
  await bert.page.goto(story);
  await anna.page.getByLabel("Why").fill("kept as it is");
  await anna.page.getByRole("button", { name: "Lock" }).click();
  await anna.page.getByText("locked", { exact: true }).waitFor();
  await bert.page.getByText("locked", { exact: true }).waitFor();
  await bert.page.getByRole("button", { name: "Unlock" }).waitFor();
  await bert.page.getByLabel(/Tick Cheese/).check();
  await bert.page.getByRole("button", { name: "Split the ticked off" }).click();
  await bert.page.getByRole("heading", { name: "This story has changed" }).waitFor();
  await bert.page.screenshot({ path: join(shots, "conflict.png") });
  await bert.page.getByRole("button", { name: "Do it nevertheless" }).click();
  await bert.page.waitForURL(/\/stories\//);
  assert.equal(await bert.page.locator(".own .group").count(), 1);

  // Undone from the log, it is as it was.
  await bert.page.goto(`${served.url}/log`);
  await bert.page.getByRole("button", { name: "Undo" }).first().click();
  await bert.page.getByText("bert undid an earlier decision").waitFor();
  await bert.page.goto(story);
  assert.equal(await bert.page.locator(".own .group").count(), 2);

  // Both are asked about the same two; one is faster, the other is told.
  await anna.page.goto(`${served.url}/review`);
  await bert.page.goto(`${served.url}/review`);
  const before = await anna.page.locator(".sides").textContent();
  assert.equal(await bert.page.locator(".sides").textContent(), before);
  await anna.page.keyboard.press("d");
  await anna.page.waitForFunction((text) => document.querySelector("main") && document.querySelector(".sides")?.textContent !== text, before);
  await bert.page.keyboard.press("s");
  await bert.page.getByRole("heading", { name: "This story has changed" }).waitFor();
  await anna.done();
  await bert.done();
});

test("the keys stay at what they stood at when news comes in", async () => {
  const { page, done } = await editor("anna");
  await feed({ id: "heron", title: "Heron nests on the Ostrow crane", text: "Builders stopped work at noon.", source: "Gazette" });
  await page.goto(`${served.url}/?hours=0`);
  await page.getByText("Live.").waitFor();
  await page.getByRole("link", { name: "Heron nests" }).waitFor({ timeout: 15_000 });
  const stands = async () => (await page.locator(".story.at h3").allTextContents()).join();
  for (let i = 0; i < 60 && !(await stands()).includes("Heron"); i += 1) await page.keyboard.press("j");
  const place = () => page.locator(".story").evaluateAll((all) => all.findIndex((story) => story.textContent.includes("Heron")));
  const before = await place();

  // A fresher one goes before it.
  await feed({ id: "otter", title: "Otter swims into a chess final", text: "The clock ran on for both.", source: "Mirror" });
  await page.getByRole("link", { name: "Otter swims" }).waitFor({ timeout: 15_000 });
  assert.ok((await place()) > before);
  assert.match(await stands(), /Heron/);
  await page.keyboard.press("x");
  assert.match(await page.locator(".story:has(input:checked) h3").textContent(), /Heron/);
  await page.keyboard.press("o");
  await page.getByRole("heading", { level: 1, name: "Heron nests" }).waitFor();
  await done();
});

test("the keys pass by copies that are folded away", async () => {
  const { page, done } = await editor("anna");
  await page.goto(`${served.url}/?hours=0`);
  await page.getByRole("link", { name: /Sarkov to host North Kesh/ }).first().click();
  const leads = await page.locator(".own .group > .row").count();
  const copies = await page.locator(".own .copies .row").count();
  assert.ok(leads > 1 && copies > 0);
  const stands = () => page.locator(".row.at input").getAttribute("value");
  const walk = async () => {
    const passed = new Set();
    for (let i = 0; i < leads + copies + 2; i += 1) {
      await page.keyboard.press("j");
      assert.ok(await page.locator(".row.at").isVisible());
      passed.add(await stands());
    }
    return passed.size;
  };
  assert.equal(await walk(), leads);
  await page.locator("details.copies > summary").first().click();
  for (let i = 0; i < leads + copies; i += 1) await page.keyboard.press("k");
  assert.ok(await walk() > leads);

  // What is folded away while the keys stand at it is not ticked, and they go on from there.
  for (let i = 0; i < leads + copies && !(await page.locator(".copies .row.at").count()); i += 1) await page.keyboard.press("k");
  const folded = await stands();
  await page.locator("details[open].copies > summary").click();
  await page.keyboard.press("x");
  assert.equal(await page.locator("input[name=article]:checked").count(), 0);
  await page.keyboard.press("k");
  await page.keyboard.press("x");
  assert.notEqual(await stands(), folded);
  assert.ok(await page.locator("input[name=article]:checked").isVisible());
  await done();
});

test("pages that nobody sees listen to nothing, and more of them than a browser has connections open", async () => {
  const { page, done } = await editor("anna");
  const context = page.context();
  // Pages here are always seen: they are told otherwise.
  await context.addInitScript(() => Object.defineProperty(document, "hidden", { get: () => globalThis.away ?? false }));
  const see = (tab, away) =>
    tab.evaluate((away) => {
      globalThis.away = away;
      document.dispatchEvent(new Event("visibilitychange"));
    }, away);
  const tabs = [];
  for (let n = 0; n < 9; n += 1) {
    const tab = await context.newPage();
    await tab.goto(`${served.url}/?hours=0&outlets=1&n=${n}`, { timeout: 15_000 });
    await tab.getByText("Live.").waitFor();
    await see(tab, true);
    tabs.push(tab);
  }
  // Who is seen again catches up.
  await feed({ id: "egret", title: "Egret lands on the Pellin tram", text: "It got off at the harbour.", source: "Gazette" });
  await page.goto(`${served.url}/?hours=0`);
  await page.getByRole("link", { name: "Egret lands" }).waitFor({ timeout: 15_000 });
  assert.equal(await tabs[0].getByRole("link", { name: "Egret lands" }).count(), 0);
  await see(tabs[0], false);
  await tabs[0].getByRole("link", { name: "Egret lands" }).waitFor();
  await done();
});

test("a page is live again after a proxy answered for the service", async () => {
  const { page, done } = await editor("anna");
  await page.route("**/v1/events", (route) => route.fulfill({ status: 502, contentType: "text/html", body: "bad gateway" }));
  await page.goto(`${served.url}/?hours=0`);
  await page.getByText("Not live; trying again.").waitFor();
  await page.unroute("**/v1/events");
  await page.getByText("Live.", { exact: true }).waitFor({ timeout: 10_000 });
  await feed({ id: "badger", title: "Badger digs up the Tarn green", text: "The ninth hole is a tenth.", source: "Mirror" });
  await page.getByRole("link", { name: "Badger digs" }).waitFor({ timeout: 15_000 });
  await done();
});

test("a ticked story that another editor merges away is told", async () => {
  const { page, done } = await editor("anna");
  const titles = ["Cows walk into a Dunmoor bank", "Eels stop the Quell paper mill"];
  await feed({ id: "cows", title: titles[0], text: "The counter closed early, as did the doors.", source: "Mirror" });
  await feed({ id: "eels", title: titles[1], text: "Four tonnes went back to the river by lorry.", source: "Post" });
  await page.goto(`${served.url}/?hours=0`);
  const stories = [];
  for (const title of titles) {
    const story = page.locator(".story", { hasText: title });
    await story.waitFor({ timeout: 15_000 });
    await story.getByRole("checkbox").check();
    stories.push(await story.getAttribute("data-id"));
  }
  await page.getByLabel("Why").fill("half a reason");
  const headers = { "content-type": "application/json", authorization: `bearer ${TOKENS.bert}` };
  const answer = await fetch(`${served.url}/v1/decisions`, { method: "POST", headers, body: JSON.stringify({ action: "merge", stories }) });
  assert.equal(answer.status, 201);
  await page.getByText("Ticked, but no longer here: 1.").waitFor({ timeout: 15_000 });
  assert.equal(await page.locator("input[name=stories]:checked").count(), 1);
  assert.equal(await page.getByLabel("Why").inputValue(), "half a reason");
  await page.screenshot({ path: join(shots, "gone.png") });
  await page.locator("input[name=stories]:checked").uncheck();
  assert.equal(await page.locator("#gone").textContent(), "");
  await done();
});

test("a key that is held down answers once, and Enter decides nothing", async () => {
  const { page, done } = await editor("anna");
  const decisions = async () => {
    const answer = await fetch(`${served.url}/v1/decisions`, { headers: { authorization: `bearer ${TOKENS.anna}` } });
    return (await answer.json()).items.length;
  };
  await page.goto(`${served.url}/review`);
  const before = await decisions();
  const shown = await page.locator(".sides").textContent();
  // The browser repeats what is not let go of, on the page that comes next too.
  await page.keyboard.down("d");
  await page.waitForFunction((text) => document.querySelector("main") && document.querySelector(".sides")?.textContent !== text, shown);
  for (let i = 0; i < 5; i += 1) await page.keyboard.down("d");
  await page.waitForTimeout(500);
  await page.keyboard.up("d");
  assert.equal(await decisions(), before + 1);

  await page.getByRole("link", { name: "Every number" }).click();
  const asksAndGoesBack = async () => {
    await page.keyboard.press("Enter");
    await page.getByText("Press the button of what is to be done.").waitFor();
    await page.goBack();
  };
  await page.getByLabel("Why").fill("not yet decided");
  await asksAndGoesBack();
  await page.getByRole("link", { name: "its story" }).first().click();
  await page.locator(".own input[type=checkbox]").first().check();
  await asksAndGoesBack();
  await page.getByLabel("Another story").fill("s2222222222222");
  await asksAndGoesBack();
  assert.equal(await decisions(), before + 1);
  await done();
});

test("a story is copied, compared, and looks right at any width, light and dark", async () => {
  for (const viewport of [{ width: 1280, height: 900 }, { width: 390, height: 844 }]) {
    for (const colorScheme of ["light", "dark"]) {
      const { page, done } = await editor("anna", { viewport, colorScheme, permissions: ["clipboard-read", "clipboard-write"] });
      const look = async (name) => {
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(overflow <= 0, `${name} is ${overflow} pixels too wide at ${viewport.width}`);
        await accessible(page);
        await page.screenshot({ path: join(shots, `${name}-${viewport.width}-${colorScheme}.png`), fullPage: true });
      };
      await page.goto(`${served.url}/?hours=0`);
      await look("today");
      await page.getByRole("link", { name: /Sarkov to host North Kesh/ }).first().click();
      await page.locator("details.copies > summary").first().click();
      await look("story");
      await page.getByRole("button", { name: "Copy as Markdown" }).click();
      await page.getByText("Copied.").waitFor();
      assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^\*\*.*Sarkov.*\*\*\n\n- Norwire: /);
      await page.getByRole("link", { name: "compare" }).first().click();
      await page.getByRole("heading", { name: "Two articles" }).waitFor();
      await look("compare");
      for (const place of ["Review", "Log"]) {
        await page.getByRole("link", { name: place, exact: true }).click();
        await look(place.toLowerCase());
      }
      await done();
    }
  }
});

test("a restart keeps decisions, and who signed in", async () => {
  const { page, done } = await editor("anna");
  await page.goto(`${served.url}/log`);
  const before = await page.locator(".log li").allTextContents();
  assert.ok(before.length >= 4);
  await done();
  await served.stop();
  served = await serve();
  const again = await editor("anna");
  await again.page.goto(`${served.url}/log`);
  assert.deepEqual(await again.page.locator(".log li").allTextContents(), before);
  await again.page.reload();
  await again.done();
});

test("without scripts the page still works", async () => {
  const { page, done } = await editor("anna", { javaScriptEnabled: false });
  await page.goto(`${served.url}/?hours=0&q=Goats`);
  await page.getByRole("link", { name: /Goats block|Cheese wins/ }).click();
  await page.getByRole("button", { name: /^(Lock|Unlock)$/ }).click();
  await page.getByRole("button", { name: "Undo" }).first().waitFor();
  await done();
});
