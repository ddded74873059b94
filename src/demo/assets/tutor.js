(function () {
  "use strict";
  var form = document.getElementById("ask");
  var field = document.getElementById("question");
  var talk = document.getElementById("talk");
  var state = document.getElementById("state");
  if (!form || !window.fetch || !window.TextDecoder) { return; }

  function say(kind, name, text) {
    var line = document.createElement("p");
    line.className = kind;
    var who = document.createElement("span");
    who.className = "who";
    who.textContent = name;
    var words = document.createTextNode(text);
    line.append(who, " ", words);
    talk.append(line);
    line.scrollIntoView({ block: "nearest" });
    return words;
  }

  // One event is a block of lines; only `event` and `data` are used here.
  function read(block, words) {
    var name = "message", data = "";
    block.split("\n").forEach(function (line) {
      if (line.indexOf("event:") === 0) { name = line.slice(6).trim(); }
      if (line.indexOf("data:") === 0) { data += line.slice(5).trim(); }
    });
    if (name === "word") { words.data += JSON.parse(data).text; }
    return name === "done";
  }

  async function stream(answer, words) {
    var reader = answer.body.getReader();
    var decoder = new TextDecoder();
    var rest = "", whole = false;
    for (;;) {
      var part = await reader.read();
      if (part.done) { return whole; }
      rest += decoder.decode(part.value, { stream: true });
      var blocks = rest.split("\n\n");
      rest = blocks.pop();
      blocks.forEach(function (block) { whole = read(block, words) || whole; });
    }
  }

  form.addEventListener("submit", async function (event) {
    event.preventDefault();
    var question = field.value.trim();
    if (!question) { return; }
    var button = form.querySelector("button");
    button.disabled = true;
    say("you", "You", question);
    field.value = "";
    state.textContent = "The tutor is answering.";
    // Screen readers hear the whole answer once, not every word.
    talk.setAttribute("aria-busy", "true");
    try {
      var answer = await fetch("api/ask", {
        method: "POST",
        headers: { "content-type": "application/json", accept: "text/event-stream" },
        body: JSON.stringify({ question: question })
      });
      if (!answer.ok) { throw new Error("refused"); }
      var whole = await stream(answer, say("tutor", "Tutor", ""));
      state.textContent = whole ? "" : "The answer was cut off. Your visit may have ended.";
    } catch (_) {
      state.textContent = "The tutor cannot answer now. Open the link in your course again.";
    }
    talk.setAttribute("aria-busy", "false");
    button.disabled = false;
    field.focus();
  });
})();
