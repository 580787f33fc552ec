// What `eval/hostile_page.py` looks at from inside a page. Put in before any script of the page; `names` come with it.

(() => {
  const names = __NAMES__;
  const seen = { runs: 0, blocked: [] };

  Object.defineProperty(window, names.ran, { set: () => (seen.runs += 1), get: () => undefined });
  document.addEventListener("securitypolicyviolation", (event) => {
    seen.blocked.push(`${event.effectiveDirective} ${event.blockedURI}`.slice(0, 200));
  });

  // Views that are hidden were looked at when they were shown.
  const visible = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());

  // ---- what a payload has made

  const MADE = [
    ..."script style link meta base iframe frame frameset object embed applet form input textarea select img".split(" "),
    ..."picture video audio source track canvas dialog template noscript marquee portal svg math xmp area bdo".split(" "),
  ];
  const WITHIN = ".prose, .md, body.is-export, article.paper"; // where text of papers stands
  const told = (element) => element.outerHTML.slice(0, 200);

  function foreign() {
    const found = new Set(document.querySelectorAll(`[${names.canary}]`));
    for (const zone of document.querySelectorAll(WITHIN)) {
      if (!zone.checkVisibility()) continue;
      for (const element of zone.querySelectorAll("*")) {
        if (!element.closest(".katex, .katex-error") && isForeign(element)) found.add(element);
      }
    }
    for (const element of document.querySelectorAll("[src], [srcset], [action], [formaction], [poster], [data]")) {
      if (["src", "srcset", "action", "formaction", "poster", "data"].some((name) => leadsAway(element, name))) {
        found.add(element);
      }
    }
    return [...found].map(told);
  }

  function isForeign(element) {
    const tag = element.tagName.toLowerCase();
    if (MADE.includes(tag) || tag.includes("-")) return true;
    const attributes = [...element.attributes].map((one) => one.name);
    const isTaken = [...names.clobbered, ...names.planted].includes(element.id);
    return isTaken || attributes.some((name) => name.startsWith("on") || name === "style" || name === "name");
  }

  const leadsAway = (element, name) => (element.getAttribute(name) ?? "").includes(names.host);

  // A link leads to a place of the page, to a file of the server, or to a host that is known.
  function badLinks() {
    return visible("a[href], area[href]").filter((link) => !isGood(link)).map(told);
  }

  const OWN_PLACE = /^(?:\.\.\/)*(?:own\/|paper\/\d|day\/\d|compare\?add=\d)|^(?:\.\.\/)+$/;

  function isGood(link) {
    const address = link.getAttribute("href");
    if (/^#[\w-]+$/.test(address)) return true;
    let url;
    try { url = new URL(address, document.baseURI); } catch { return false; }
    if (OWN_PLACE.test(address) && url.origin === location.origin) return true;
    const isKnown = names.hosts.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`));
    return /^https?:$/.test(url.protocol) && isKnown && !url.username && !url.port;
  }

  // ---- names taken from the page

  function clobbered() {
    const found = names.clobbered.filter((name) => {
      const own = inherited(document, name);
      return own && document[name] !== (own.get ? own.get.call(document) : own.value);
    });
    const isElement = (value) => value instanceof Element || value instanceof HTMLCollection;
    return [...found, ...names.planted.filter((name) => isElement(window[name]))];
  }

  function inherited(object, name) {
    for (let at = Object.getPrototypeOf(object); at; at = Object.getPrototypeOf(at)) {
      const found = Object.getOwnPropertyDescriptor(at, name);
      if (found) return found;
    }
    return null;
  }

  // ---- how the page lies

  function unreachable(controls) {
    return controls.filter((selector) => {
      const control = document.querySelector(selector);
      if (!control || control.disabled || !control.checkVisibility()) return true;
      control.scrollIntoView({ block: "center", behavior: "instant" });
      const place = control.getBoundingClientRect();
      const hit = document.elementFromPoint(place.x + place.width / 2, place.y + place.height / 2);
      return !control.contains(hit);
    });
  }

  // Words beside a text that is written from right to left must stand in their order from left to right.
  function turned() {
    return visible(".about, .count, .marker").filter((element) => {
      const beside = element.parentElement.closest(".about") ? null : element.previousElementSibling;
      const isRight = isInOrder(element) && isBehind(element, beside) && isBehindQuote(element);
      return !isRight;
    }).map((element) => told(element.parentElement));
  }

  // A marker stands to the right of the mark that closes the quote before it.
  function isBehindQuote(marker) {
    const before = marker.previousSibling;
    const mark = before?.nodeType === Node.TEXT_NODE ? before.data.lastIndexOf("”") : -1;
    if (mark < 0 || !marker.matches(".marker")) return true;
    const [place, own] = [placeOf(before, mark, mark + 1), marker.getClientRects()[0]];
    return !own || !isOneLine(place, own) || own.left > place.left;
  }

  function isInOrder(element) {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    let before = null;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (hasRightToLeft(node.data) || node.parentElement.closest("button, bdi")) { before = null; continue; }
      for (const word of node.data.matchAll(/[^\s\u00a0]+/g)) {
        const place = placeOf(node, word.index, word.index + word[0].length);
        if (before && isOneLine(before, place) && place.left < before.left) return false;
        before = place;
      }
    }
    return true;
  }

  function isBehind(element, beside) {
    if (!beside || !hasRightToLeft(beside.textContent)) return true;
    const last = [...beside.getClientRects()].at(-1);
    const first = element.getClientRects()[0];
    return !last || !first || !isOneLine(last, first) || first.left >= last.right - 1;
  }

  const hasRightToLeft = (text) => /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/.test(text);
  const isOneLine = (one, other) => Math.abs(one.top + one.bottom - other.top - other.bottom) < one.height;

  function placeOf(node, start, end) {
    const range = document.createRange();
    range.setStart(node, start);
    range.setEnd(node, end);
    return range.getBoundingClientRect();
  }

  function overflow() {
    return Math.max(0, document.documentElement.scrollWidth - innerWidth);
  }

  // ---- what the page shows

  // The text of an element, a formula as the source that it was made of.
  function textOf(element) {
    if (!element) return "";
    if (element.classList?.contains("katex")) return element.querySelector("annotation")?.textContent ?? "";
    if (element.nodeType === Node.TEXT_NODE) return element.data;
    return [...element.childNodes].map(textOf).join("");
  }

  // Texts by their places: [place, paper, text].
  function texts() {
    const found = [];
    const take = (place, paper, elements) => found.push(...[...elements].map((one) => [place, paper, textOf(one)]));
    for (const listed of visible("article.listed")) {
      const paper = listed.querySelector("button.compare").value;
      take("day: title", paper, listed.querySelectorAll("h3"));
      take("day: quote", paper, listed.querySelectorAll("blockquote p"));
      take("day: abstract", paper, listed.querySelectorAll("p.abstract"));
    }
    for (const row of visible("#table table.comparison:not(.numbers) tbody tr")) {
      const paper = named(row.querySelector(".about"));
      take("comparison: title", paper, row.querySelectorAll("th > a:not(.marker)"));
      take("comparison: cell", paper, row.querySelectorAll("td:not(.unstated) p"));
    }
    take("comparison: column", "", visible("#table table.comparison:not(.numbers) thead th"));
    for (const chip of visible(".chip")) {
      take("comparison: chip", chip.querySelector("button").value, chip.querySelectorAll(":scope > span"));  // none of a formula
    }
    for (const source of visible("article.source")) {
      const paper = source.querySelector("button.compare").value;
      take("sources: title", paper, source.querySelectorAll("h3 > a:last-child"));
      take("sources: abstract", paper, source.querySelectorAll("p.abstract"));
    }
    for (const turn of visible(".turn")) {
      take("question", turn.id, turn.querySelectorAll(".question"));
      take("answer", turn.id, turn.querySelectorAll(".answer"));
      for (const cited of turn.querySelectorAll(".references li, .nearest li")) {
        take("answer: title", named(cited.querySelector(".about")), cited.querySelectorAll("a:not(.marker, .own)"));
      }
    }
    for (const page of visible("article.paper")) {
      const paper = named(page.querySelector(".about"));
      take("paper: title", paper, page.querySelectorAll("h1"));
      take("paper: abstract", paper, page.querySelectorAll("p.abstract"));
      take("paper: quote", paper, page.querySelectorAll("dd"));
      take("paper: authors", paper, page.querySelectorAll(".authors"));
    }
    for (const listed of visible("body.is-export article")) {
      const paper = named(listed.querySelector(".about"));
      take("export: title", paper, listed.querySelectorAll("h3"));
      take("export: quote", paper, listed.querySelectorAll("blockquote p"));
    }
    return found;
  }

  const named = (element) => /arXiv:(\d{4}\.\d{5})/.exec(element?.textContent ?? "")?.[1] ?? "";

  const standing = (controls) => ({
    overflow: overflow(), unreachable: unreachable(controls), turned: turned(), title: document.title,
  });

  window.hostileReport = () => {
    const report = {
      runs: seen.runs, blocked: seen.blocked, foreign: foreign(), badLinks: badLinks(), clobbered: clobbered(),
      texts: texts(), problems: visible(".problem").map((one) => one.textContent),
    };
    seen.runs = 0;
    seen.blocked = [];
    return report;
  };
  window.hostileStanding = standing;
})();
