// The page: reads /metrics again and again, keeps the cards, and listens to the reader.

import {Card} from "./card.js";
import {PageReader} from "./exposition.js";
import {History} from "./history.js";
import {Overview} from "./overview.js";

const kSamplesMax = 20000;
const kCardsMax = 200;
const kShareOfTime = 0.2; // that reading a page may take
const kReadinessEvery = 5000; // ms

// Families about the program that serves the page stand behind those of what it does.
const kLast = [/^process_/, /^streamhouse_exporter_/, /^streamhouse_metrics_/, /_build_info$/, /^target_info$/];

const byId = (id) => document.getElementById(id);

class Page {
  constructor() {
    this.history = new History();
    this.overview = new Overview();
    this.cards = new Map();
    this.shown = "";
    this.cardsMax = kCardsMax;
    this.isPaused = false;
    this.readMilliseconds = 0;
    this.lastReadiness = -Infinity;
    this.isCut = false;
    this.wasCut = false;
    this.observer = new IntersectionObserver((entries) => this.onVisible(entries), {rootMargin: "200px"});
  }

  // A family's whole name in the search box asks for that one alone: so a page that is too large can be read in parts.
  wanted() {
    const text = byId("search").value.trim();
    return this.wasCut && /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(text) ? "?name[]=" + encodeURIComponent(text) : "";
  }

  async read(query) {
    const started = performance.now();
    const reader = new PageReader(kSamplesMax);
    const stop = new AbortController();
    const answer = await fetch("metrics" + query, {headers: {Accept: "text/plain;version=0.0.4"}, signal: stop.signal});
    if (!answer.ok) throw new Error(`/metrics answers ${answer.status} ${answer.statusText}`);
    const decoder = new TextDecoder();
    const body = answer.body.getReader();
    for (let piece = await body.read(); !piece.done; piece = await body.read()) {
      if (!reader.push(decoder.decode(piece.value, {stream: true}))) break;
    }
    if (reader.isFull) stop.abort();
    this.isCut = reader.isFull;
    this.wasCut ||= reader.isFull;
    this.readMilliseconds = performance.now() - started;
    if (query !== "" && reader.families.size === 0) return this.read(""); // a word, not a name
    this.history.add(reader.families, Date.now() / 1000);
  }

  async tick() {
    if (!this.isPaused && !document.hidden) {
      try {
        await this.read(this.wanted());
        byId("trouble").hidden = true;
        this.show();
        await this.readReadiness();
      } catch (error) {
        this.showTrouble(error);
      }
    }
    setTimeout(() => this.tick(), this.pause());
  }

  // A server with a large page is not asked as often as the reader would like.
  pause() {
    const wanted = Number(byId("interval").value) * 1000;
    return Math.max(wanted - this.readMilliseconds, this.readMilliseconds / kShareOfTime, 100);
  }

  async readReadiness() {
    if (performance.now() - this.lastReadiness < kReadinessEvery) return;
    this.lastReadiness = performance.now();
    const answer = await fetch("ready?verbose");
    this.overview.showReadiness(answer.ok, await answer.text());
  }

  showTrouble(error) {
    this.overview.showUnreachable();
    this.lastReadiness = -Infinity;
    byId("trouble").hidden = false;
    byId("trouble").textContent = `No page from ${location.host}: ${error.message}. The charts stand still; trying again.`;
  }

  show() {
    this.overview.update(this.history);
    this.updateNotice();
    this.updateCards();
    for (const card of this.cards.values()) card.update();
  }

  updateNotice() {
    const notice = byId("notice");
    notice.hidden = !this.isCut;
    if (!this.isCut) return;
    const last = [...this.history.families.keys()].pop();
    notice.textContent =
      `This page has more than ${kSamplesMax.toLocaleString()} samples. Shown are those up to ${last}, which may be ` +
      "incomplete, and sums are sums of these. For another family, write its whole name into the search box. " +
      `The page is read every ${Math.ceil(this.pause() / 1000)} s.`;
  }

  matching() {
    const words = byId("search").value.trim().toLowerCase().split(/\s+/);
    const rank = (family) => kLast.findIndex((pattern) => pattern.test(family.name));
    const found = [...this.history.families.values()].filter((family) => {
      const text = (family.name + " " + family.help).toLowerCase();
      return family.series.size > 0 && words.every((word) => text.includes(word));
    });
    return found.sort((a, b) => rank(a) - rank(b)); // stable: in the order of the page
  }

  updateCards() {
    const found = this.matching();
    const families = found.slice(0, this.cardsMax);
    byId("count").textContent = `${found.length.toLocaleString()} of ${this.history.families.size.toLocaleString()} families`;
    byId("more").hidden = found.length <= this.cardsMax;
    const names = families.map((family) => family.name).join("\n");
    if (names === this.shown) return;
    this.shown = names;
    for (const family of families) {
      if (this.cards.get(family.name)?.family === family) continue;
      this.removeCard(family.name);
      const card = new Card(this.history, family);
      this.cards.set(family.name, card);
      this.observer.observe(card.element);
    }
    for (const name of [...this.cards.keys()]) {
      if (!this.history.families.has(name)) this.removeCard(name);
    }
    byId("cards").replaceChildren(...families.map((family) => this.cards.get(family.name).element));
    byId("nothing").hidden = families.length > 0 || this.history.tick < 0;
  }

  removeCard(name) {
    const card = this.cards.get(name);
    if (card === undefined) return;
    this.observer.unobserve(card.element);
    card.element.remove();
    this.cards.delete(name);
  }

  onVisible(entries) {
    for (const entry of entries) {
      const card = this.cards.get(entry.target.id.replace(/^family-/, ""));
      if (card === undefined) continue;
      card.isVisible = entry.isIntersecting;
      card.update();
    }
  }

  setPaused(isPaused) {
    this.isPaused = isPaused;
    byId("pause").textContent = isPaused ? "Go on" : "Pause";
    byId("pause").setAttribute("aria-pressed", String(isPaused));
  }

  // "" follows the system.
  setTheme(theme) {
    document.documentElement.dataset.theme = theme;
    this.overview.update(this.history);
    for (const card of this.cards.values()) card.recolour();
  }

  toggleTheme() {
    const isDark = getComputedStyle(document.documentElement).colorScheme === "dark";
    this.setTheme(isDark ? "light" : "dark");
  }

  moveFocus(step) {
    const cards = [...byId("cards").children];
    const next = cards.indexOf(document.activeElement) + step;
    const card = cards[Math.max(0, Math.min(cards.length - 1, next))];
    card?.focus({preventScroll: true});
    card?.scrollIntoView({block: "nearest"});
  }

  onKey(event) {
    const isTyping = ["INPUT", "SELECT", "TEXTAREA"].includes(event.target.tagName);
    if (event.key === "Escape" && event.target === byId("search")) {
      byId("search").value = "";
      byId("search").blur();
      return this.show();
    }
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    const actions = {
      "/": () => byId("search").focus(),
      p: () => this.setPaused(!this.isPaused),
      t: () => this.toggleTheme(),
      j: () => this.moveFocus(1),
      k: () => this.moveFocus(-1),
      "?": () => byId("keys").showModal(),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  }

  start() {
    document.title = "Metrics of " + location.host;
    byId("search").addEventListener("input", () => this.show());
    byId("pause").addEventListener("click", () => this.setPaused(!this.isPaused));
    byId("theme").addEventListener("click", () => this.toggleTheme());
    byId("help").addEventListener("click", () => byId("keys").showModal());
    byId("more").addEventListener("click", () => {
      this.cardsMax += kCardsMax;
      this.shown = "";
      this.updateCards();
    });
    document.addEventListener("keydown", (event) => this.onKey(event));
    window.addEventListener("resize", () => this.show());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.setTheme(""));
    this.tick();
  }
}

byId("noscript")?.remove();
new Page().start();
