/* data-vertrouwelijk: nothing of it stays behind in the page that the browser keeps for its back button. */

window.addEventListener('pagehide', () => {
  document.querySelectorAll('[data-vertrouwelijk]').forEach((element) => {
    element.replaceChildren();
    element.dataset.gewist = 'ja';
  });
});
window.addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  document.querySelectorAll('[data-gewist]').forEach((element) => {
    const line = document.createElement('p');
    line.className = 'um-zacht';
    line.textContent = 'Deze gegevens zijn gewist toen u de pagina verliet. Vraag ze opnieuw op als u ze nodig hebt.';
    element.replaceChildren(line);
    delete element.dataset.gewist;
  });
});
