(function () {
  "use strict";
  var form = document.getElementById("proceed");
  if (form) { form.hidden = true; form.submit(); }
})();
