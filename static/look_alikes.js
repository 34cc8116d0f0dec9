// While a risk is written: shows the risks most like it that the writer can see, a moment after typing stops.

const WORDS = ["title", "cause", "event", "effect"];
const ENOUGH = 20; // characters in all before it is worth asking
const MOMENT = 900; // milliseconds without typing

const place = document.querySelector("[data-look-alikes]");
const form = document.querySelector("form.app-form");
let waiting, asking, asked = "";

function typed() {
  const data = new FormData(form);
  const sent = new URLSearchParams();
  for (const name of ["csrfmiddlewaretoken", ...WORDS]) sent.set(name, data.get(name) ?? "");
  return sent;
}

function says(sent) {
  return WORDS.map((name) => sent.get(name).trim()).join("\n");
}

async function look() {
  const sent = typed();
  const words = says(sent);
  if (words === asked || words.replace(/\s/g, "").length < ENOUGH) return;
  asked = words;
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(place.dataset.lookAlikes, { method: "POST", body: sent, signal: asking.signal });
    if (answer.ok && !answer.redirected) place.innerHTML = await answer.text();
  } catch {
    asked = ""; // the network, or typing that went on: ask again when typing stops
  }
}

if (place && form) {
  form.addEventListener("input", (event) => {
    if (!WORDS.includes(event.target.name)) return;
    clearTimeout(waiting);
    waiting = setTimeout(look, MOMENT);
  });
  look();
}
