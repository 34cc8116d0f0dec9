// A page with something that is being made: asks again every few seconds how far it is, and shows the whole page anew
// once it is no longer being made. Without it there is the link "Look again".

const EVERY = 3000;

async function look() {
  const here = document.querySelector("[data-waiting]");
  if (!here) return;
  let there;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    there = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-waiting]");
  } catch {
    setTimeout(look, EVERY);
    return;
  }
  if (!there) {
    location.reload();
    return;
  }
  if (there.innerHTML !== here.innerHTML) here.innerHTML = there.innerHTML;
  setTimeout(look, EVERY);
}

setTimeout(look, EVERY);
