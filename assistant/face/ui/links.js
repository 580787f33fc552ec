// Links that last: what stands behind the address's # is shown, and what is shown stands there, so that going back, a
// reload and a copied address lead to the same. The server writes every link; here they are only compared.

let isFromAddress = false; // what is on its way stands in the address already, and is no further step of its history

const shownLink = (id) => byId(id)?.querySelector("button.copy-link")?.value ?? "";

// ---- from the address to what is shown

function showPlace(place) {
  const [view] = place.split(/[/?]/, 1);
  const named = new URLSearchParams(place.slice(view.length).replace(/^[^?]*\?/, ""));
  isFromAddress = true;
  if (view === "ask" && named.has("q")) askLinked(named.get("q"), place);
  else if (view === "compare" && named.has("ids")) compareLinked(named, place);
  else if (view === "compare" && named.has("add")) choose([...new Set([...chosen, named.get("add")])]);
  showView(view, place);
}

function openDay(place) {
  const isShown = place === "day" ? byId("day-page")?.querySelector(".day") : place === shownLink("day-page");
  if (!isShown) request("picked", place === "day" ? "newest" : place);
}

// What this browser had chosen before gives way to what a link names.
let hasLinkedPapers = false;

function compareLinked(named, place) {
  hasLinkedPapers = true;
  const ids = named.get("ids").split(/[\s,]+/).filter(Boolean);
  if (place === comparedPlace()) return;
  fill("aspects", named.get("columns") ?? "");
  choose(ids);
}

// Once: the address forgets the question before it is asked, so that no reload asks it again. A conversation that is
// shown is left for a new one, unless it is this question's.
function askLinked(question, place) {
  history.replaceState(null, "", addressOf("ask"));
  whenOpen(() => {
    const links = [...document.querySelectorAll(".turn")].map((turn) => turn.querySelector("button.copy-link")?.value);
    if (links.length === 1 && links[0] === place) return;
    if (!links.length) send(question);
    else {
      byId("new").click();
      whenBegun(() => send(question));
    }
  });
}

function send(question) {
  keep(ASKED, question);
  write("question", question);
}

function whenBegun(act) {
  if (document.querySelector("#newest .welcome") && !document.querySelector(".turn")) act();
  else setTimeout(() => whenBegun(act), 50);
}

// ---- from what is shown to the address

const addressOf = (place) => `${location.pathname}${location.search}#${place}`;

function comparedPlace() {
  if (!chosen.length) return "compare";
  const bare = `compare?ids=${chosen.join(",")}`;
  const drawn = shownLink("table");
  return drawn === bare || drawn.startsWith(`${bare}&`) ? drawn : bare;
}

function placeOf(view) {
  if (view === "day") return shownLink("day-page") || "day";
  return view === "compare" ? comparedPlace() : view;
}

function follow(view) {
  if (!document.body.classList.contains(`shows-${view}`)) return;
  const address = addressOf(placeOf(view));
  if (address === addressOf(location.hash.slice(1))) isFromAddress = false;
  else goTo(address);
}

function goTo(address) {
  if (isFromAddress) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  isFromAddress = false;
}

// Controls are put into a day's page, too, while another is on its way.
let followedDay = "";

function followDay() {
  const shown = shownLink("day-page");
  if (shown === followedDay) return;
  followedDay = shown;
  follow("day");
}

// The chips and the table are drawn one after the other.
let following = 0;

function followComparison() {
  clearTimeout(following);
  following = setTimeout(() => follow("compare"), 100);
}

// What a reader does is a step of the history.
function noteReader(event) {
  if (event.target.closest?.(".prose button, #day-form, #compare-form")) isFromAddress = false;
}

// ---- from the beginning on

function beginLinks() {
  window.addEventListener("popstate", () => showPlace(location.hash.slice(1)));
  for (const kind of ["click", "keydown"]) document.addEventListener(kind, noteReader, true);
  watch("day-page", followDay);
  watch("chips", followComparison);
  watch("table", followComparison);
  showPlace(location.hash.slice(1));
}
