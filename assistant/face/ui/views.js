// The views beside the conversation: which one is shown, and what is pressed inside their HTML. What is pressed is
// written into a box that Gradio hears, so that the server decides what comes of it.

const VIEWS = ["ask", "day", "compare"];
const WITH_PAPERS = ["turns", "sources", "day-page", "chips", "compare-status"];

// ---- which view is shown

function showView(name) {
  const view = VIEWS.includes(name) ? name : "ask";
  document.body.classList.remove(...VIEWS.map((other) => `shows-${other}`));
  document.body.classList.add(`shows-${view}`);
  for (const link of document.querySelectorAll("a.view")) {
    if (link.hash === `#${view}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (view === "day" && !byId("day-page")?.querySelector(".day")) write("picked", "newest");
}

function followView(event) {
  const link = event.target.closest("a.view");
  if (!link) return;
  event.preventDefault(); // the browser would load the page anew where its address holds a query
  if (link.hash !== location.hash) history.pushState(null, "", location.pathname + location.search + link.hash);
  showView(link.hash.slice(1));
}

// ---- boxes that the server hears

const box = (id) => byId(id)?.querySelector("textarea, input");

function write(id, value) {
  const field = box(id);
  if (!field) return;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true, cancelable: true }));
}

// ---- papers to compare

const chosen = () => (box("chosen")?.value ?? "").split(" ").filter(Boolean);

function toggle(ids) {
  const before = chosen();
  const isAll = ids.every((id) => before.includes(id));
  const after = isAll && ids.length === 1 ? before.filter((id) => id !== ids[0]) : [...new Set([...before, ...ids])];
  write("chosen", after.join(" "));
  showChosen();
}

function showChosen() {
  const ids = chosen();
  for (const button of document.querySelectorAll("button.compare")) {
    const isPressed = button.value.split(" ").every((id) => ids.includes(id));
    button.setAttribute("aria-pressed", String(isPressed));
  }
  const link = document.querySelector("a.view[href='#compare']");
  if (link) link.textContent = ids.length ? `Compare (${ids.length})` : "Compare";
}

// ---- what is pressed

function press(event) {
  const button = event.target.closest(".prose button");
  if (!button) return;
  if (button.matches(".compare")) compare(button);
  else if (button.matches(".remove")) toggle([button.value]);
  else if (button.matches(".clear")) write("chosen", "");
  else if (button.matches(".held")) write("picked", button.value);
  else if (button.matches(".unfold")) unfold(button);
}

function compare(button) {
  const ids = button.value.split(" ");
  toggle(ids);
  if (ids.length > 1) document.querySelector("a.view[href='#compare']").click();
}

function unfold(button) {
  const themes = [...document.querySelectorAll("#day-page details.theme")];
  const isOpening = themes.some((theme) => !theme.open);
  for (const theme of themes) theme.open = isOpening;
  button.textContent = isOpening ? "fold all" : "unfold all";
}

// A button that is drawn anew keeps the keyboard.
let pressedDay = "";

function keepDay(event) {
  pressedDay = event.target.closest?.("button.held")?.value ?? "";
}

function calendarDrawn() {
  for (const button of document.querySelectorAll("button.held")) {
    button.setAttribute("aria-pressed", String(button.matches(".is-chosen")));
  }
  if (pressedDay && document.activeElement === document.body) {
    document.querySelector(`button.held[value="${CSS.escape(pressedDay)}"]`)?.focus({ preventScroll: true });
  }
}

// ---- from the beginning on

function watch(id, drawn) {
  const element = byId(id);
  if (element) new MutationObserver(drawn).observe(element, { childList: true, subtree: true });
}

function beginViews() {
  document.addEventListener("click", followView);
  document.addEventListener("click", press);
  document.addEventListener("focusin", keepDay);
  window.addEventListener("popstate", () => showView(location.hash.slice(1)));
  for (const id of WITH_PAPERS) watch(id, () => requestAnimationFrame(showChosen));
  watch("calendar", calendarDrawn);
  byId("compare-status").setAttribute("role", "status");
  byId("day-status").setAttribute("role", "status");
  showView(location.hash.slice(1));
  showChosen();
}

const waitingForViews = setInterval(() => {
  if (!box("chosen") || !box("picked") || !document.querySelector("a.view")) return;
  clearInterval(waitingForViews);
  beginViews();
}, 50);
