// What is taken out of the page by hand: an answer with its references, a quote with its citation, a link.

const FEW_MS = 2000; // how long a button says that it has copied

// ---- a text as a reader would type it

// A formula is the LaTeX that it was made of; controls are no text.
function written(element) {
  if (!element) return "";
  if (element.nodeType === Node.TEXT_NODE) return element.data;
  if (element.nodeType !== Node.ELEMENT_NODE || element.matches("button")) return "";
  if (element.matches(".katex")) return `$${element.querySelector("annotation")?.textContent ?? ""}$`;
  return [...element.childNodes].map(written).join("");
}

const lineOf = (element) => written(element).replace(/\s+/g, " ").trim();

// A paper as it is cited: its title, what is said of it, where it is.
function cited(element) {
  const link = element.querySelector("a:not(.marker, .own)");
  const title = link ?? element.querySelector("h3, strong");
  return [lineOf(title), lineOf(element.querySelector(".about")), link?.href].filter(Boolean).join(", ");
}

function referenceText(item) {
  return `${lineOf(item.firstElementChild)} ${cited(item)}`;
}

function rowText(row) {
  return [...row.cells].map(lineOf).join(" | ");
}

function answerText(answer) {
  const references = [...answer.querySelectorAll(".references li")].map(referenceText);
  const lines = [...answer.querySelectorAll("p:not(.spent), h3, tr, .nearest li")]
    .filter((line) => !line.parentElement.closest("tr, li") && lineOf(line))
    .map((line) => (line.matches("tr") ? rowText(line) : line.matches("li") ? `- ${cited(line)}` : lineOf(line)));
  return [lines.join("\n"), references.join("\n")].filter(Boolean).join("\n\n");
}

// ---- a quote and the paper that it is of

function quoteText(zone) {
  const quotes = [...zone.querySelectorAll("p:not(.paper, .about, .abstract)")];
  const quoted = quotes.map((quote) => lineOf(quote).replace(/\s*\[\d+\]/g, "")).join(" ");
  const place = zone.querySelector(".marker")?.hash.slice(1).replace("source-", "reference-");
  const paper = (place && byId(place)) || zone;
  return `${quoted} (${cited(paper)})`;
}

// ---- to the clipboard

async function copy(text, button) {
  const isCopied = (await toClipboard(text)) || byHand(text);
  say(button, isCopied ? "copied" : "not copied");
}

// A page that is not on this machine and comes without HTTPS has no clipboard of its own.
async function toClipboard(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

function byHand(text) {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "out-of-sight";
  document.body.append(field);
  field.select();
  let isCopied = false;
  try {
    isCopied = document.execCommand("copy");
  } catch {
    isCopied = false;
  }
  field.remove();
  before?.focus?.({ preventScroll: true });
  return isCopied;
}

function say(button, what) {
  const isGood = what === "copied";
  button.dataset.said = what;
  byId("copied").textContent = isGood ? "Copied" : "The browser does not let this page copy; select the text instead";
  setTimeout(() => {
    delete button.dataset.said;
    byId("copied").textContent = "";
  }, FEW_MS);
}

// ---- the controls

function control(kind, label, title) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = kind;
  button.title = title;
  button.textContent = label;
  return button;
}

function addControls() {
  for (const zone of document.querySelectorAll(".turn > .copying")) {
    if (zone.querySelector(".copy-answer")) continue;
    zone.prepend(control("copy-answer", "copy answer", "Copy answer with its references"));
  }
  for (const zone of document.querySelectorAll(".turn .passage, #day-page .listed")) {
    const place = zone.querySelector(".paper, :scope > .about");
    if (!place || place.querySelector(".copy-quote") || !lineOf(zone).includes("“")) continue;
    const title = lineOf(zone.querySelector("h3, strong, a"));
    place.append(" ", control("copy-quote", "copy quote", `Copy quote with its citation: ${title}`));
  }
}

function pressCopy(event) {
  const button = event.target.closest("button.copy-link, button.copy-answer, button.copy-quote");
  if (!button) return;
  if (button.matches(".copy-link")) copy(new URL(button.value, location.href).href, button);
  else if (button.matches(".copy-answer")) copy(answerText(button.closest(".turn").querySelector(".answer")), button);
  else copy(quoteText(button.closest(".passage, .listed")), button);
}

// ---- from the beginning on

function beginCopying() {
  const said = document.createElement("div");
  said.id = "copied";
  said.className = "out-of-sight";
  said.setAttribute("role", "status");
  document.body.append(said);
  document.addEventListener("click", pressCopy);
  for (const id of ["turns", "day-page"]) watch(id, () => requestAnimationFrame(addControls));
  addControls();
}

const waitingToCopy = setInterval(() => {
  if (!byId("turns") || !byId("day-page")) return;
  clearInterval(waitingToCopy);
  beginCopying();
}, 50);
