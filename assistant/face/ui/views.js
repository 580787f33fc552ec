// The views beside the conversation: which one is shown, and what is pressed inside their HTML. What is pressed is
// written into a box that Gradio hears, so that the server decides what comes of it.

const VIEWS = ["ask", "day", "compare", "writer"];
const WITH_PAPERS = ["turns", "today", "sources", "day-page", "compare-status"];

// ---- which view is shown

function showView(name, place = name) {
  const view = VIEWS.includes(name) ? name : "ask";
  document.body.classList.remove(...VIEWS.map((other) => `shows-${other}`));
  document.body.classList.add(`shows-${view}`);
  markView();
  if (view === "day") openDay(place);
}

// The link to the writer is drawn anew when another one writes.
function markView() {
  for (const link of document.querySelectorAll("a.view")) {
    const isShown = document.body.classList.contains(`shows-${link.hash.slice(1)}`);
    if (isShown === link.hasAttribute("aria-current")) continue;
    if (isShown) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function followView(event) {
  const link = event.target.closest("a.view");
  if (!link) return;
  event.preventDefault(); // the browser would load the page anew where its address holds a query
  const view = link.hash.slice(1);
  const place = placeOf(view);
  isFromAddress = false;
  if (addressOf(place) !== addressOf(location.hash.slice(1))) goTo(addressOf(place));
  isFromAddress = true; // the newest day, where none was shown, is no further step
  showView(view, place);
}

// ---- what the server is asked

// Requests are numbered, so that the server shows nothing of one that was overtaken.
let requests = 0;

function request(id, value) {
  requests += 1;
  write(id, `${requests} ${value}`);
}

// ---- papers to compare: the page says which they are, the server what stands in their table

let chosen = [];
let choice = 0; // the number of the request that told of them

function choose(ids) {
  chosen = ids;
  request("chosen", ids.join(" "));
  choice = requests;
  showChosen();
}

function toggle(ids) {
  const isAll = ids.every((id) => chosen.includes(id));
  choose(isAll && ids.length === 1 ? chosen.filter((id) => id !== ids[0]) : [...new Set([...chosen, ...ids])]);
}

// Of what was chosen last the server may have had to leave something out.
function chipsDrawn() {
  if (!byId("chips").querySelector(`.chips.of-${choice}`)) return;
  chosen = [...byId("chips").querySelectorAll("button.remove")].map((button) => button.value);
  showChosen();
}

// A paper that was named, or the comparison as it was left.
let added = "";

function addedDrawn() {
  const button = byId("added").querySelector("button.added");
  if (!button || button.className === added) return;
  added = button.className;
  if (button.matches(".kept") && hasLinkedPapers) return;
  choose([...new Set([...chosen, ...button.value.split(" ")])]);
}

function showChosen() {
  for (const button of document.querySelectorAll("button.compare")) {
    const isPressed = button.value.split(" ").every((id) => chosen.includes(id));
    button.setAttribute("aria-pressed", String(isPressed));
  }
  const link = document.querySelector("a.view[href='#compare']");
  if (link) link.textContent = chosen.length ? `Compare (${chosen.length})` : "Compare";
}

// ---- what is pressed

function press(event) {
  const button = event.target.closest(".prose button");
  if (!button) return;
  if (button.matches(".compare")) compare(button);
  else if (button.matches(".remove")) toggle([button.value]);
  else if (button.matches(".clear")) choose([]);
  else if (button.matches(".held, .to-day")) showDay(button.value);
  else if (button.matches(".example")) write("question", button.value);
  else if (button.matches("button.seen")) request("followed", "seen");
  else if (button.matches("button.stop")) request("followed", `stop ${button.value}`);
  else if (button.matches(".earlier")) write("reopened", button.value);
  else if (button.matches(".unfold")) unfold(button);
}

function showDay(day) {
  if (!document.body.classList.contains("shows-day")) document.querySelector("a.view[href='#day']").click();
  request("picked", day);
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
  const [, first, last] = byId("day-page").querySelector(".day")?.className.match(/from-(\S+) to-(\S+)/) ?? [];
  for (const button of document.querySelectorAll("button.held")) {
    const isShown = first <= button.value && button.value <= last;
    button.classList.toggle("is-chosen", isShown);
    button.setAttribute("aria-pressed", String(isShown));
  }
  if (pressedDay && document.activeElement === document.body) {
    document.querySelector(`button.held[value="${CSS.escape(pressedDay)}"]`)?.focus({ preventScroll: true });
  }
}

// ---- from the beginning on

function beginViews() {
  document.addEventListener("click", followView);
  document.addEventListener("click", press);
  document.addEventListener("focusin", keepDay);
  for (const id of WITH_PAPERS) watch(id, () => requestAnimationFrame(showChosen));
  watch("calendar", calendarDrawn);
  watch("day-page", calendarDrawn);
  watch("chips", chipsDrawn);
  watch("added", addedDrawn);
  watch("writer", markView);
  byId("compare-status").setAttribute("role", "status");
  byId("day-status").setAttribute("role", "status");
  byId("writer-status")?.setAttribute("role", "status");
  beginLinks();
  addedDrawn();
  showChosen();
}

const waitingForViews = setInterval(() => {
  if (!["chosen", "picked", "aspects"].every(box) || !document.querySelector("a.view")) return;
  clearInterval(waitingForViews);
  beginViews();
}, 50);
