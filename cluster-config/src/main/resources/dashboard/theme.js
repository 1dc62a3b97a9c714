// Sets the theme that was chosen before anything is painted, so that nothing flashes.
(() => {
  const root = document.documentElement;
  let chosen = null;
  try {
    chosen = localStorage.getItem('retriever.theme');
  } catch {
    // Storage may be refused: then the system decides.
  }
  if (chosen === 'light' || chosen === 'dark') root.dataset.theme = chosen;
})();
