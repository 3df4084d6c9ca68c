// Elements, data and colours: what the scripts of all pages share.

/** A new element with attributes and children; a child that is a string is text, never markup. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null && value !== false) {
      made.setAttribute(key, value === true ? "" : value);
    }
  }
  made.append(...children);
  return made;
}

/** The JSON that a page carries in `<script type="application/json" id="…">`; undefined if there is none. */
export function embedded(id) {
  const holder = id && document.getElementById(id);
  return holder ? JSON.parse(holder.textContent) : undefined;
}

/** Call `work` with each element that `selector` finds; one that fails leaves the others and its page alone. */
export async function enhance(selector, work) {
  for (const found of document.querySelectorAll(selector)) {
    try {
      await work(found);
    } catch (error) {
      console.error(error);
    }
  }
}

/** The value of a custom property of the style sheets, as it is in the present colour scheme. */
export function colour(property) {
  return getComputedStyle(document.documentElement).getPropertyValue(property).trim() || "#6b7680";
}

/** Call `work` whenever light changes to dark or back. */
export function onScheme(work) {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", work);
}

/** An address that is safe in a link: of this host or of the web; undefined for anything else. */
export function webAddress(value) {
  try {
    const address = new URL(value, location.href);
    return ["http:", "https:"].includes(address.protocol) ? address.href : undefined;
  } catch {
    return undefined;
  }
}
