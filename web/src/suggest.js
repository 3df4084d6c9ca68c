// Search fields that suggest names: a combobox with a list box (ARIA Authoring Practices 1.2).

import "./suggest.css";

import { element, enhance } from "./lib/dom.js";
import { kindOf } from "./lib/kinds.js";

const PAUSE = 120; // milliseconds without a key before the server is asked
let numbered = 0;

class Combobox {
  constructor(field) {
    this.field = field;
    this.hits = [];
    this.chosen = -1;
    const id = `suggestions-${(numbered += 1)}`;
    this.list = element("ul", { id, role: "listbox", "aria-label": "Suggestions", class: "suggestions", hidden: true });
    this.status = element("span", { role: "status", class: "visually-hidden" });
    const holder = element("span", { class: "suggest" });
    field.replaceWith(holder);
    holder.append(field, this.list, this.status);
    const attributes = {
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": id,
      autocomplete: "off",
    };
    for (const [key, value] of Object.entries(attributes)) field.setAttribute(key, value);
    field.addEventListener("input", () => this.wait());
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("blur", () => this.close());
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    this.list.addEventListener("click", (event) => this.follow(event.target.closest("[role=option]")));
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const words = this.field.value.trim();
    this.asking?.abort();
    if (words.length < 2) return this.close();
    this.asking = new AbortController();
    const address = new URL(this.field.dataset.suggest, location.href);
    address.searchParams.set("q", words);
    try {
      const answer = await fetch(address, { signal: this.asking.signal, headers: { Accept: "application/json" } });
      if (answer.ok) this.show((await answer.json()).hits);
      else this.close();
    } catch (error) {
      if (error.name !== "AbortError") this.close(); // a search without suggestions is a search still
    }
  }

  show(hits) {
    if (document.activeElement !== this.field) return;
    this.hits = hits;
    this.chosen = -1;
    this.field.removeAttribute("aria-activedescendant");
    this.list.replaceChildren(...hits.map((hit, at) => this.option(hit, at)));
    this.list.hidden = hits.length === 0;
    this.field.setAttribute("aria-expanded", String(hits.length > 0));
    this.status.textContent = hits.length ? `${hits.length} suggestions` : "no suggestions";
  }

  /** A name with its kind, and the other name that fits what was typed if it is another one. */
  option(hit, at) {
    const kind = hit.kind === "report" ? hit.kind : (hit.classes[0]?.label ?? hit.kind);
    const found = hit.snippet.map(({ text }) => text).join("");
    const name = element("span", { class: "suggest-name" }, hit.label);
    if (found && found !== hit.label) name.append(" ", element("small", {}, found));
    return element(
      "li",
      { role: "option", id: `${this.list.id}-${at}`, "aria-selected": "false", "data-at": at },
      element("span", { class: `suggest-dot kind-${kindOf(kind)}`, "aria-hidden": "true" }),
      name,
      element("small", { class: "suggest-kind" }, kind.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase()),
    );
  }

  key(event) {
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" && !open) this.ask();
    else if (event.key === "ArrowDown") this.choose(this.chosen + 1);
    else if (event.key === "ArrowUp" && open) this.choose(this.chosen - 1);
    else if (event.key === "Escape" && open) this.close();
    else if (event.key === "Enter" && open && this.chosen >= 0) this.follow(this.list.children[this.chosen]);
    else return;
    event.preventDefault();
  }

  /** Mark an option; beyond either end is the field itself. */
  choose(at) {
    const count = this.hits.length;
    this.chosen = at >= count ? -1 : at < -1 ? count - 1 : at;
    [...this.list.children].forEach((option, index) => {
      option.setAttribute("aria-selected", String(index === this.chosen));
    });
    const option = this.list.children[this.chosen];
    if (option) {
      this.field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      this.field.removeAttribute("aria-activedescendant");
    }
  }

  follow(option) {
    if (option) this.open(this.hits[Number(option.dataset.at)].url);
  }

  open(address) {
    const { pathname, search } = new URL(address); // the host is ours, by whatever name it was reached
    location.assign(pathname + search);
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.list.hidden = true;
    this.chosen = -1;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }
}

enhance("input[data-suggest]", (field) => new Combobox(field));
