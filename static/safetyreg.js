// Small helps for those who have JavaScript. Every page works without.

const { frontend } = document.getElementById("safetyreg-script").dataset;

async function startComponents() {
  const { initAll } = await import(frontend);
  initAll();
}

// Rows to repeat: one empty box instead of several, and a button for more.
function startRepeat(repeat) {
  const rows = () => [...repeat.querySelectorAll(".app-repeat__row")];
  const isEmpty = (row) => row.querySelector("input[type=text]").value === "";
  const spare = rows().filter(isEmpty);
  (spare.length === rows().length ? spare.slice(1) : spare).forEach((row) => row.remove());

  const button = document.createElement("button");
  button.type = "button";
  button.className = "nhsuk-button nhsuk-button--secondary nhsuk-button--small app-repeat__add";
  button.textContent = "Add another";
  button.addEventListener("click", () => addRow(repeat, rows()));
  repeat.append(button);
}

function addRow(repeat, rows) {
  const row = rows[0].cloneNode(true);
  const number = rows.length;
  row.querySelectorAll(":scope > :not(input[type=text])").forEach((part) => part.remove());
  const input = row.querySelector("input[type=text]");
  input.value = "";
  input.id = `${rows[0].querySelector("input[type=text]").id}-${number}`;
  input.setAttribute("aria-label", `${repeat.dataset.repeat} ${number + 1}`);
  rows.at(-1).after(row);
  input.focus();
}

// Ask before leaving a page on which something was typed and not sent.
function startGuard() {
  const typed = new Set();
  const ask = (event) => {
    if (typed.size) event.preventDefault();
  };
  for (const form of document.querySelectorAll("form.app-form")) {
    if (document.querySelector(".nhsuk-error-summary")) typed.add(form);
    form.addEventListener("input", () => typed.add(form));
    form.addEventListener("submit", () => typed.clear());
  }
  window.addEventListener("beforeunload", ask);
}

// What is folded away on the screen is open on paper.
function startPrinting() {
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("main details:not([open])")];
    opened.forEach((details) => (details.open = true));
  });
  window.addEventListener("afterprint", () => opened.forEach((details) => (details.open = false)));
}

document.querySelectorAll(".app-repeat[data-repeat]").forEach(startRepeat);
startGuard();
startPrinting();
startComponents();
