// Keeps a page fresh, and helps with texting. Every page works without it.
//
// Parts marked data-live="name" are fetched again every few seconds (same address, fragment=1) and
// replaced when they changed. A part with data-version changes only when that does, so that what
// somebody is typing stays.

const EVERY = 3000;
const SLOWEST = 30000;
const state = document.querySelector("[data-live-state]");
const parts = () => [...document.querySelectorAll("[data-live]")];
const seen = new Map(parts().map((part) => [part.dataset.live, mark(part)]));
// a form that could not be done answers under its own address: the page's is told in data-here
const here = new URL(document.body.dataset.here ?? location.href, location.href);
if (document.body.dataset.here) history.replaceState(null, "", here);
let wait = EVERY;

function mark(part) {
  return part.dataset.version ?? part.innerHTML;
}

function replace(part, fresh) {
  const scroll = part.closest("[data-scroll]");
  const above = scroll ? scroll.scrollHeight : 0;
  const reading = scroll ? scroll.scrollTop < -40 : false;
  const typed = part.querySelector("textarea");
  const focused = typed !== null && typed === document.activeElement;
  part.innerHTML = fresh.innerHTML;
  if (fresh.dataset.version) part.dataset.version = fresh.dataset.version;
  if (reading) scroll.scrollTop -= scroll.scrollHeight - above;
  const box = part.querySelector("textarea");
  if (box && typed) {
    box.value = typed.value;
    if (focused) box.focus();
  }
  prepare(part);
}

function busy(part) {
  const field = document.activeElement;
  return part.dataset.version === undefined && part.contains(field) && field.matches("input, select, textarea");
}

async function refresh() {
  const address = new URL(here);
  address.searchParams.set("fragment", "1");
  const answer = await fetch(address, { headers: { accept: "text/html" }, redirect: "error" });
  if (answer.status === 401) return location.reload();
  if (!answer.ok) throw new Error(String(answer.status));
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts()) {
    const name = part.dataset.live;
    const next = fresh.querySelector(`[data-live="${CSS.escape(name)}"]`);
    if (!next || mark(next) === seen.get(name) || busy(part)) continue;
    seen.set(name, mark(next));
    replace(part, next);
  }
}

async function tick() {
  if (!document.hidden) {
    try {
      await refresh();
      wait = EVERY;
      if (state) state.textContent = "";
    } catch {
      wait = Math.min(wait * 2, SLOWEST);
      if (state) state.textContent = "Reconnecting…";
    }
  }
  setTimeout(tick, wait);
}

// -- the composer ------------------------------------------------------------------------------

const GSM = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const DOUBLE = new Set("\f^{}\\[~]|€");

function roughly(text) {
  const plain = [...text].every((c) => GSM.has(c) || DOUBLE.has(c));
  const units = plain ? [...text].reduce((n, c) => n + (DOUBLE.has(c) ? 2 : 1), 0) : text.length;
  const [alone, joined] = plain ? [160, 153] : [70, 67];
  return units === 0 ? 0 : units <= alone ? 1 : Math.ceil(units / joined);
}

function told(segments, characters, forced) {
  if (segments === 0) return "";
  const texts = segments === 1 ? "1 text" : `${segments} texts`;
  const why = forced.length ? ` (${forced.join(" ")} makes texts shorter)` : "";
  return `${characters} characters, ${texts}${why}`;
}

function count(box) {
  const shown = box.form.querySelector("[data-counter]");
  if (!shown) return;
  const text = box.value.trim();
  const show = (segments, characters, forced) => {
    shown.textContent = told(segments, characters, forced);
    shown.classList.toggle("dear", segments > 2);
  };
  show(roughly(text), text.length, []);
  clearTimeout(box.asking);
  if (!text) return;
  box.asking = setTimeout(async () => {
    // the server folds and counts as the carrier does: its word stands
    const answer = await fetch(`${box.dataset.count}?text=${encodeURIComponent(text.slice(0, 1600))}`);
    if (!answer.ok || box.value.trim() !== text) return;
    const found = await answer.json();
    show(found.segments, found.characters, found.forced_by);
  }, 400);
}

function prepare(root) {
  for (const box of root.querySelectorAll("textarea[data-draft]")) {
    const place = `draft:${box.dataset.draft}`;
    if (!box.value) box.value = sessionStorage.getItem(place) ?? "";
    box.addEventListener("input", () => {
      sessionStorage.setItem(place, box.value);
      if (box.dataset.count) count(box);
    });
    box.form.addEventListener("submit", (event) => {
      if (!event.submitter?.hasAttribute("formaction")) sessionStorage.removeItem(place);
    });
    if (box.dataset.count) count(box);
  }
  for (const box of root.querySelectorAll("textarea[data-enter]")) {
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      if (box.value.trim()) box.form.requestSubmit();
    });
  }
  for (const field of root.querySelectorAll("select[data-go]")) {
    field.addEventListener("change", () => field.form.requestSubmit());
  }
}

// a second press while the first is on its way does nothing; the server would take it once anyway
document.addEventListener("submit", (event) => {
  const button = event.submitter ?? event.target.querySelector("button");
  if (event.target.method === "post" && button) setTimeout(() => (button.disabled = true));
});
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button[disabled]")) button.disabled = false;
});

prepare(document);
setTimeout(tick, EVERY);
