// The page works without this: it adds keys, live updates and a copy button.
"use strict";
(() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const live = document.getElementById("live");
  const rows = () => all(".story, .reports .row");
  // Copies that are folded away are none of what the keys move through.
  const items = () => rows().filter((item) => item.checkVisibility());
  let at;
  const here = () => items().find((item) => item === at);
  // What of an item has the focus when it is gone to, and what tells it from others.
  const handle = (item) => item?.querySelector("h3 a") ?? item?.querySelector("input");
  const name = (element) => element?.getAttribute("href") ?? element?.value;

  const move = (step) => {
    const list = items();
    if (list.length === 0) return;
    // From what was folded away since, they move on as from what stands before it.
    const from = list.findLastIndex((item) => item === at || item.compareDocumentPosition(at ?? item) & Node.DOCUMENT_POSITION_FOLLOWING);
    at?.classList.remove("at");
    at = list[Math.max(0, Math.min(list.length - 1, from + step))];
    at.classList.add("at");
    handle(at)?.focus({ preventScroll: true });
    at.scrollIntoView({ block: "nearest" });
  };

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    o: () => here()?.querySelector("h3 a")?.click(),
    x: () => here()?.querySelector("input[type=checkbox]")?.click(),
    "/": () => document.getElementById("query")?.focus(),
    r: () => location.assign("/review"),
    h: () => location.assign("/"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (event.key === "Escape" && typing) return typing.blur();
    if (typing) return;
    const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    // A key that is held down answers once, not for every pair that comes up after it.
    if (button && event.repeat) return;
    const act = button ? () => button.click() : keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  // Copying
  all("[data-copy]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const area = document.getElementById(button.dataset.copy);
      const said = document.getElementById("copied");
      try {
        await navigator.clipboard.writeText(area.value);
        said.textContent = "Copied.";
      } catch {
        area.closest("details").open = true;
        area.select();
        said.textContent = "Press Ctrl-C to copy.";
      }
    });
  });

  // Live: when something was grouped, the parts that can change are fetched anew.
  if (all("[data-live]").length === 0) return;
  let waiting = 0;
  // What was ticked and is not there any more is said, until something else is ticked.
  const gone = document.getElementById("gone");
  let lost = 0;
  const lose = (n) => {
    lost += n;
    if (gone) gone.textContent = lost === 0 ? "" : `Ticked, but no longer here: ${lost}.`;
  };
  document.addEventListener("change", (event) => event.target.matches("[data-live] input[type=checkbox]") && lose(-lost));
  const refresh = async () => {
    waiting = 0;
    const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const now = all("[data-live]");
    const then = [...fresh.querySelectorAll("[data-live]")];
    if (now.length !== then.length) return location.reload();
    const ticked = new Set(all("[data-live] input:checked").map((input) => input.value));
    const open = new Set(all("[data-live] details[open]").map((d) => d.querySelector("input")?.value));
    const sizes = new Map(all(".story[data-id]").map((story) => [story.dataset.id, story.dataset.size]));
    const mark = name(document.activeElement);
    const stood = name(handle(at));
    // What is as it was stays, with what is selected in it.
    const changed = now.map((part, n) => [part, then[n]]).filter(([part, other]) => !part.isEqualNode(other));
    if (changed.length === 0) return;
    changed.forEach(([part, other]) => part.replaceWith(document.adoptNode(other)));
    all("[data-live] input[type=checkbox]").forEach((input) => (input.checked = ticked.delete(input.value)));
    lose(ticked.size);
    all("[data-live] details").forEach((d) => (d.open = open.has(d.querySelector("input")?.value)));
    all(".story[data-id]").forEach((story) => {
      if (sizes.size > 0 && sizes.get(story.dataset.id) !== story.dataset.size) story.classList.add("fresh");
    });
    setTimeout(() => all(".fresh").forEach((story) => story.classList.remove("fresh")), 4000);
    if (mark && document.activeElement === document.body) {
      all("[data-live] a, [data-live] input, [data-live] button").find((e) => name(e) === mark)?.focus({ preventScroll: true });
    }
    // The keys stay at what they stood at, wherever it is now.
    at = stood && rows().find((item) => name(handle(item)) === stood);
    at?.classList.add("at");
    live.textContent = `Updated ${new Date().toISOString().slice(11, 19)}.`;
  };
  const soon = () => (waiting ||= setTimeout(refresh, 300));
  let events;
  let trying;
  const stop = () => {
    events?.close();
    clearTimeout(trying);
  };
  const listen = () => {
    stop();
    // A browser has few connections to a host: a page that nobody sees leaves them to the others.
    if (document.hidden) return;
    events = new EventSource("/v1/events");
    // While more waits to be grouped, what was is told line by line.
    for (const kind of ["story", "settled", "missed"]) events.addEventListener(kind, soon);
    events.addEventListener("open", () => {
      live.textContent = "Live.";
      // What was grouped since the page was made, but before this, is told by no event.
      soon();
    });
    events.addEventListener("error", () => {
      live.textContent = "Not live; trying again.";
      // A browser tries again by itself only where nothing answered, not where a proxy did in place of the service.
      if (events.readyState === EventSource.CLOSED) trying = setTimeout(listen, 3000);
    });
  };
  listen();
  document.addEventListener("visibilitychange", listen);
  addEventListener("pageshow", (event) => event.persisted && listen());
  addEventListener("pagehide", stop);
})();
