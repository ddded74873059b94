(function () {
  "use strict";
  var page = document.getElementById("read-back");
  var proceed = document.getElementById("proceed");
  var waiting = document.getElementById("waiting");
  var otherwise = document.getElementById("otherwise");
  if (!page || !proceed || !otherwise || !window.fetch) { return; }
  proceed.hidden = true;
  otherwise.hidden = true;
  if (waiting) { waiting.hidden = false; }
  function offer() {
    if (waiting) { waiting.hidden = true; }
    otherwise.hidden = false;
    var button = otherwise.querySelector("button");
    if (button) { button.focus(); }
  }
  var timer = window.setTimeout(offer, 5000);
  fetch(page.getAttribute("data-check"), {
    credentials: "same-origin", cache: "no-store", redirect: "error"
  }).then(function (answer) {
    window.clearTimeout(timer);
    if (answer.status === 204) { proceed.submit(); } else { offer(); }
  }, function () {
    window.clearTimeout(timer);
    offer();
  });
})();
