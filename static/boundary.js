// While a risk is written: says whether, as it stands in the form, it crosses a boundary and the ICB will see it.

const notice = document.querySelector("[data-boundary]");
const form = document.querySelector("form.app-form");

function crosses() {
  const named = [...form.querySelectorAll("input[name=involved], textarea[name=other_bodies]")];
  if (named.some((box) => box.value.trim())) return true;
  const reach = form.querySelector("input[name=reach]:checked");
  return reach ? reach.value !== notice.dataset.inside : undefined;
}

function say() {
  const answer = crosses();
  const words = answer === undefined ? "" : answer ? notice.dataset.crosses : notice.dataset.stays;
  if (notice.textContent !== words) notice.textContent = words;
}

if (notice) {
  form.addEventListener("input", say);
  say();
}
