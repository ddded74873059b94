(function () {
  "use strict";
  var form = document.querySelector(".people form");
  var frame = document.getElementById("launch");
  var line = document.getElementById("stage-line");
  var outcome = document.getElementById("outcome");
  var tabs = Array.from(document.querySelectorAll("[role=tab]"));
  var shown = {}, empty = {}, current = null, timer = 0;

  tabs.forEach(function (tab) {
    var panel = document.getElementById(tab.getAttribute("aria-controls"));
    empty[panel.id] = panel.textContent.trim();
  });

  // Tabs: arrows, Home and End move; the chosen one alone is in the tab order.
  function choose(tab, focus) {
    tabs.forEach(function (other) {
      var chosen = other === tab;
      other.setAttribute("aria-selected", String(chosen));
      other.tabIndex = chosen ? 0 : -1;
      document.getElementById(other.getAttribute("aria-controls")).hidden = !chosen;
    });
    if (focus) { tab.focus(); }
  }
  tabs.forEach(function (tab, at) {
    tab.addEventListener("click", function () { choose(tab, false); });
    tab.addEventListener("keydown", function (event) {
      var to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (to === undefined) { return; }
      event.preventDefault();
      choose(tabs[(to + tabs.length) % tabs.length], true);
    });
  });

  function element(name, className, text) {
    var made = document.createElement(name);
    if (className) { made.className = className; }
    if (text !== undefined) { made.textContent = text; }
    return made;
  }

  function scrollable(text) {
    var pre = element("pre", "", text);
    pre.tabIndex = 0;
    return pre;
  }

  var PERSONAL = ["name", "given_name", "family_name", "middle_name", "email", "picture", "sub"];
  var CLAIMS = /^https:\/\/purl\.imsglobal\.org\/spec\/([a-z-]+)\/claim\//;

  var VOCABULARY = /^http:\/\/purl\.imsglobal\.org\/vocab\/lis\/v2\//;

  function value(given, name) {
    if ((name === "iat" || name === "exp") && Number.isInteger(given)) {
      return element("span", "", given + " (" + new Date(given * 1000).toISOString().slice(11, 19) + " UTC)");
    }
    if (Array.isArray(given) && given.every(function (one) { return typeof one === "string"; })) {
      var list = element("ul", "plain");
      given.forEach(function (one) {
        var item = element("li", "", one.replace(VOCABULARY, "\u2026/"));
        item.title = one;
        list.append(item);
      });
      return list;
    }
    if (given !== null && typeof given === "object") {
      return scrollable(JSON.stringify(given, null, 2));
    }
    return element("span", "", String(given));
  }

  function rows(pairs, personal) {
    var list = element("dl", "rows");
    pairs.forEach(function (pair) {
      var row = element("div");
      var term = element("dt", "", pair[0].replace(CLAIMS, ""));
      term.title = pair[0];
      if (personal && PERSONAL.indexOf(pair[0]) >= 0) {
        row.className = "personal";
        term.append(" ", element("small", "tag", "personal"));
      }
      var said = element("dd");
      said.append(value(pair[1], pair[0]));
      row.append(term, said);
      list.append(row);
    });
    return list;
  }

  function block(title, body) {
    var section = element("section");
    section.append(element("h3", "", title), body);
    return section;
  }

  function fold(title, body, open) {
    var details = element("details");
    details.open = open;
    details.append(element("summary", "", title), body);
    return details;
  }

  function code(given) {
    return scrollable(typeof given === "string" ? given : JSON.stringify(given, null, 2));
  }

  function fill(id, key, parts) {
    // Nothing is drawn anew while it says the same, so that reading and focus stay undisturbed.
    var print = JSON.stringify(key);
    if (shown[id] === print) { return; }
    shown[id] = print;
    var panel = document.getElementById(id);
    panel.replaceChildren.apply(panel, parts.length ? parts : [element("p", "empty", empty[id])]);
  }

  // What names the person comes first: it is what the rest of the pane is about.
  function personalFirst(pairs) {
    var names = function (pair) { return PERSONAL.indexOf(pair[0]) >= 0; };
    return pairs.filter(names).concat(pairs.filter(function (pair) { return !names(pair); }));
  }

  function sent(pane) {
    var parts = [], given = pane.sent;
    if (given.claims) {
      parts.push(block("In the signed id_token", rows(personalFirst(Object.entries(given.claims)), true)));
    }
    if (given.header) { parts.push(block("Its header", rows(Object.entries(given.header)))); }
    if (given.login.length) { parts.push(fold("The login request before it", rows(given.login), false)); }
    if (given.authentication.length) { parts.push(fold("What the gateway asked with", rows(given.authentication), false)); }
    fill("panel-sent", given, parts);
  }

  function received(pane) {
    var parts = pane.received.slice().reverse().map(function (request, at) {
      var body = element("div");
      if (request.question) { body.append(rows([["question", request.question]])); }
      body.append(rows(request.headers));
      return fold(request.method + " " + request.path + "  " + request.at.slice(11, 19), body, at === 0);
    });
    if (parts.length) { parts.unshift(element("p", "", "Every header of every request, as the agent saw it. Who is asking stands in the assertion alone.")); }
    fill("panel-received", pane.received, parts);
  }

  function withheld(pane) {
    var parts = pane.withheld.map(function (row) {
      var item = element("article", "withheld");
      item.append(element("h3", "", row.element.replace(/_/g, " ")));
      item.append(element("span", "tag", row.disposition.replace(/_/g, " ")));
      item.append(element("p", "", row.because));
      var rule = element("p", "rule");
      rule.append(element("code", "", row.rule));
      if (row.citation) { rule.append(" ", element("cite", "", row.citation)); }
      item.append(rule);
      return item;
    });
    fill("panel-withheld", pane.withheld, parts);
  }

  function assertion(pane) {
    var given = pane.assertion, parts = [];
    if (given) {
      parts = [block("Header", code(given.header)), block("Claims", code(given.claims))];
    }
    fill("panel-assertion", given, parts);
  }

  function entries(pane) {
    var parts = pane.entries.map(function (logged, at) {
      var mark = logged.verified === true ? ["yes", "Verified: yes. It stands under a signed checkpoint."]
        : logged.verified === false ? ["no", "Verified: no. The log does not prove this entry."]
        : ["wait", "Written. Waiting for the next signed checkpoint."];
      var body = element("div");
      body.append(element("p", "verified " + mark[0], mark[1]), code(logged.entry));
      if (logged.checkpoint) { body.append(fold("The checkpoint", code(logged.checkpoint), false)); }
      return block("Entry " + (at + 1), body);
    });
    fill("panel-entry", pane.entries, parts);
  }

  function conclude(pane) {
    var kind = pane.outcome ? pane.outcome.kind : "wait";
    var text = pane.outcome ? pane.outcome.sentence
      : pane.sent.claims ? "The launch was sent. The gateway decides." : "The launch is on its way.";
    if (outcome.textContent !== text) { outcome.textContent = text; }
    outcome.className = "outcome " + kind;
  }

  async function look(visit) {
    window.clearTimeout(timer);
    if (visit !== current) { return; }
    try {
      var answer = await fetch("/inspect/" + encodeURIComponent(visit), { cache: "no-store" });
      if (answer.status === 404) { outcome.textContent = "This visit is over. Choose somebody again."; return; }
      var pane = await answer.json();
      if (visit !== current) { return; }
      [conclude, sent, received, withheld, assertion, entries].forEach(function (draw) { draw(pane); });
    } catch (_) { /* The next look tries again. */ }
    timer = window.setTimeout(look, document.hidden ? 4000 : 1000, visit);
  }

  form.addEventListener("submit", async function (event) {
    var button = event.submitter;
    if (!button || !button.value) { return; }
    event.preventDefault();
    var answer = await fetch("/visits", {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ person: button.value })
    });
    if (!answer.ok) { line.textContent = "The campus does not answer. Is the demo still running?"; return; }
    var visit = await answer.json();
    current = visit.visit;
    shown = {};
    frame.src = visit.address;
    form.querySelectorAll("[data-person]").forEach(function (other) {
      other.setAttribute("aria-pressed", String(other === button));
    });
    line.textContent = button.querySelector(".name").textContent + " opens a course page at " + new URL(visit.address).host + ".";
    look(current);
  });
})();
