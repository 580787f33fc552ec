// What the page does by itself: it keeps the turns of a conversation, markers lead to their sources and back, a new
// question comes into view, and one that the server could not hear is asked again.

const byId = (id) => document.getElementById(id);
const box = (id) => byId(id)?.querySelector("textarea, input");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

// What is written into a box, the server hears.
function fill(id, value) {
  const field = box(id);
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function write(id, value) {
  if (!box(id)) return;
  fill(id, value);
  box(id).dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true, cancelable: true }));
}

function watch(id, drawn) {
  const element = byId(id);
  if (element) new MutationObserver(drawn).observe(element, { childList: true, subtree: true });
}

function show(element) {
  document.querySelectorAll(".is-shown").forEach((other) => other.classList.remove("is-shown"));
  element.classList.add("is-shown");
  const block = element.matches(".turn") ? "start" : "nearest";
  element.scrollIntoView({ block, behavior: calm.matches ? "auto" : "smooth" });
  element.focus({ preventScroll: true });
}

// A marker of an older answer, whose abstracts are no longer shown, leads to its reference.
function followLink(event) {
  const link = event.target.closest("a[href^='#']:not(.view)");
  if (!link) return;
  event.preventDefault(); // the browser would load the page anew where its address holds a query
  const place = link.hash.slice(1);
  const target = byId(place) ?? byId(place.replace("source-", "reference-"));
  if (target) show(target);
}

// Buttons that go or change under a click would leave the keyboard nowhere.
function keepFocus(event) {
  const isFinger = matchMedia("(pointer: coarse)").matches;
  if (!isFinger && event.target.closest("#new, #send, #sure, button.example, button.earlier")) {
    box("question").focus();
  }
}

// ---- a conversation is deleted at the second press

function askWhetherSure(event) {
  const pressed = event.target.closest("#tools button")?.id;
  if (pressed !== "delete" && pressed !== "keep") return;
  setSure(pressed === "delete");
  byId(pressed === "delete" ? "keep" : "delete").focus();
}

const setSure = (isAsked) => document.body.classList.toggle("asks-whether-sure", isAsked);

// ---- the turns: the server sends the newest alone, those before it stay as they are

const numberOf = (turn) => Number(turn.id.slice("turn-".length));
let newest = null; // as it was last drawn

function newestDrawn() {
  const turn = byId("newest").querySelector(".turn");
  const earlier = byId("before");
  if (turn && newest && !turn.matches(".restored") && numberOf(turn) > numberOf(newest)) earlier.append(newest);
  const isFirst = !turn || turn.matches(".restored");
  for (const before of [...earlier.children]) if (isFirst || numberOf(before) >= numberOf(turn)) before.remove();
  if (turn && numberOf(turn) !== (newest && numberOf(newest))) turnBegins(turn);
  newest = turn?.cloneNode(true) ?? null;
}

function turnBegins(turn) {
  setSure(false);
  byId("beside").scrollTop = 0;
  turn.scrollIntoView({ block: "start" });
}

// ---- a question that the server did not hear, or did not answer to its end

const ASKED = "daybook-asked";
const AGAIN = "daybook-again";
const LOST = "daybook-lost";

// Where a browser keeps nothing for a page, its storage throws.
function keep(key, value) {
  try {
    sessionStorage.setItem(key, value);
  } catch {}
}

function takeKept(...keys) {
  try {
    const kept = keys.map((key) => sessionStorage.getItem(key));
    for (const key of keys) sessionStorage.removeItem(key);
    return kept;
  } catch {
    return keys.map(() => null);
  }
}

let sent = "";
let sentAt = 0;

function keepQuestion(event) {
  if (event.target.closest?.("#new, #sure, button.earlier")) sent = ""; // what is asked next is asked anew
  const isEntered = event.key === "Enter" && !event.shiftKey && event.target === box("question");
  const isSent = event.type === "click" ? event.target.closest("#send") : isEntered;
  const question = box("question")?.value;
  if (!isSent || !question?.trim()) return;
  const isPressedTwice = question === sent && Date.now() - sentAt < 1000; // before the server could say that it reads
  if (byId("send").disabled || isPressedTwice) { // what is typed stays until its turn comes
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  [sent, sentAt] = [question, Date.now()];
  keep(ASKED, question);
}

function sendDrawn() {
  if (byId("send").disabled) {
    if (!isLooking) setTimeout(look, 2000);
    isLooking = true;
  } else if (document.querySelector("#newest :is(.answer, .problem)")) {
    takeKept(ASKED, AGAIN);
  }
}

// As long as an answer is on its way: of a server that was stopped in its midst Gradio never speaks again.
let isLooking = false;

async function look() {
  isLooking = byId("send").disabled;
  if (!isLooking) return;
  if (await isAnotherServer()) {
    keep(LOST, "yes");
    location.reload();
  } else setTimeout(look, 2000);
}

async function isAnotherServer() {
  try {
    const response = await fetch("gradio_api/app_id");
    return response.ok && (await response.json()).app_id !== window.gradio_config.app_id;
  } catch {
    return false;
  }
}

// Where no answer was on its way Gradio says that the server is lost, and loads the page anew when it is back.
function leavePage() {
  if (document.querySelector(".toast-body.error")) keep(LOST, "yes");
}

// Once by itself: a question that ends the server must not end it again and again.
function askAgain() {
  const [question, isAgain, wasLost] = takeKept(ASKED, AGAIN, LOST);
  const shown = document.querySelector("#newest .question")?.textContent;
  if (!question || box("question").value || shown === question.trim()) return;
  if (!wasLost || isAgain) {
    fill("question", question);
    return;
  }
  keep(ASKED, question);
  keep(AGAIN, "yes");
  write("question", question);
}

// ---- from the beginning on

function begin(turns) {
  turns.setAttribute("role", "log");
  turns.setAttribute("aria-label", "Conversation");
  const before = document.createElement("div");
  before.id = "before";
  before.className = "md prose";
  before.setAttribute("aria-live", "off"); // they were read out when they were new
  byId("newest").before(before);
  document.addEventListener("click", followLink);
  document.addEventListener("click", keepFocus);
  document.addEventListener("click", askWhetherSure);
  document.addEventListener("click", keepQuestion, true);
  document.addEventListener("keydown", keepQuestion, true);
  window.addEventListener("pagehide", leavePage);
  watch("newest", newestDrawn);
  new MutationObserver(sendDrawn).observe(byId("send"), { attributes: true, childList: true, subtree: true });
  newestDrawn();
  whenOpen(askAgain);
}

function whenOpen(act) {
  if (document.querySelector("#newest :is(.turn, .welcome)")) act();
  else setTimeout(() => whenOpen(act), 50);
}

const waiting = setInterval(() => {
  const turns = byId("turns");
  if (!turns || !byId("newest") || !byId("send") || !box("question")) return;
  clearInterval(waiting);
  begin(turns);
}, 50);
