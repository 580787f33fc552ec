// What the page does by itself: markers lead to their sources and back, a new question comes into view.

const byId = (id) => document.getElementById(id);
const calm = matchMedia("(prefers-reduced-motion: reduce)");

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
  if (!isFinger && event.target.closest("#new, #send, #sure, #examples button, #earlier button")) {
    document.querySelector("#question textarea").focus();
  }
}

// The button that a click brings, in the place of the one that goes, takes the keyboard on.
const SUCCESSORS = { delete: "keep", keep: "delete" };

function focusSuccessor(event) {
  const successor = SUCCESSORS[event.target.closest("#tools button")?.id];
  if (successor) focusSoon(successor, 40);
}

function focusSoon(id, triesLeft) {
  const button = byId(id);
  if (button?.checkVisibility()) button.focus();
  else if (triesLeft) setTimeout(() => focusSoon(id, triesLeft - 1), 50);
}

function watchTurns(turns) {
  let count = 0;
  new MutationObserver(() => {
    const shown = turns.querySelectorAll(".turn");
    if (shown.length > count) {
      byId("beside").scrollTop = 0;
      shown[shown.length - 1].scrollIntoView({ block: "start" });
    }
    count = shown.length;
  }).observe(turns, { childList: true, subtree: true });
}

function begin(turns) {
  turns.setAttribute("role", "log");
  turns.setAttribute("aria-label", "Conversation");
  document.addEventListener("click", followLink);
  document.addEventListener("click", keepFocus);
  document.addEventListener("click", focusSuccessor);
  watchTurns(turns);
}

const waiting = setInterval(() => {
  const turns = byId("turns");
  if (!turns) return;
  clearInterval(waiting);
  begin(turns);
}, 50);
