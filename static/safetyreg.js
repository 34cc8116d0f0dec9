// Small helps for those who have JavaScript. Every page works without.

const script = document.getElementById("safetyreg-script");

async function startComponents() {
  const { initAll } = await import(script.dataset.frontend);
  initAll();
}

startComponents();
