// What keys do beside the browser's own. Single letters are heard only where nothing is typed, and can be turned off.

const LETTERS_OFF = "daybook-letters-off";
const HELP = [
  ["/", "write a question"],
  ["Ctrl K", "write a question, from anywhere"],
  ["↑", "in the empty question box: what was asked last"],
  ["j k", "the next paper, the one before"],
  ["← →", "on a day: the day before, the day after"],
  ["?", "show these keys"],
];
const READABLE = ".turn, li.result, article.listed, article.source";

const isTyping = (element) => element?.matches?.("input, textarea, select, [contenteditable]") ?? false;

function areLettersOn() {
  try {
    return localStorage.getItem(LETTERS_OFF) === null;
  } catch {
    return true;
  }
}

function setLetters(isOn) {
  try {
    if (isOn) localStorage.removeItem(LETTERS_OFF);
    else localStorage.setItem(LETTERS_OFF, "yes");
  } catch {}
}

function hearKey(event) {
  if (event.isComposing || byId("keys-help")?.open) return;
  const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
    act(event, toQuestion);
  } else if (isPlain && event.key === "ArrowUp" && document.activeElement === box("question")) {
    if (!box("question").value && lastAsked()) act(event, () => fill("question", lastAsked()));
  } else if (isPlain && !isTyping(document.activeElement)) {
    const does = { ArrowLeft: () => toNeighbour("before"), ArrowRight: () => toNeighbour("after") }[event.key];
    if (does && document.body.classList.contains("shows-day")) act(event, does);
    else if (areLettersOn()) hearLetter(event);
  }
}

function hearLetter(event) {
  const does = { "/": toQuestion, "?": showKeys, j: () => toPaper(1), k: () => toPaper(-1) }[event.key];
  if (does) act(event, does);
}

function act(event, does) {
  event.preventDefault();
  does();
}

function toQuestion() {
  document.querySelector("a.view[href='#ask']").click();
  box("question").focus();
}

const lastAsked = () => [...document.querySelectorAll(".turn .question")].pop()?.textContent.trim() ?? "";

function toNeighbour(which) {
  document.querySelector(`#day-page .neighbour.${which}`)?.click();
}

function toPaper(step) {
  const shown = [...document.querySelectorAll(READABLE)].filter((one) => one.offsetParent !== null);
  const at = shown.indexOf(document.activeElement?.closest?.(READABLE));
  const next = shown[at < 0 ? (step > 0 ? 0 : shown.length - 1) : at + step];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest", behavior: calm.matches ? "auto" : "smooth" });
}

function showKeys() {
  const help = byId("keys-help") ?? makeHelp();
  help.querySelector("input").checked = areLettersOn();
  help.showModal();
}

function makeHelp() {
  const help = document.createElement("dialog");
  help.id = "keys-help";
  help.setAttribute("aria-labelledby", "keys-title");
  const rows = HELP.map(([keys, does]) => {
    const pressed = keys.split(" ").map((key) => `<kbd>${key}</kbd>`);
    return `<dt>${pressed.join(" ")}</dt><dd>${does}</dd>`;
  });
  help.innerHTML = `<h2 id="keys-title">Keys</h2><dl>${rows.join("")}</dl>
    <label><input type="checkbox"> single letters are heard</label><button type="button">Close</button>`;
  help.querySelector("input").addEventListener("change", (event) => setLetters(event.target.checked));
  help.querySelector("button").addEventListener("click", () => help.close());
  document.querySelector(".gradio-container").append(help);
  return help;
}

document.addEventListener("keydown", hearKey);
