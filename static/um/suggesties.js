/* data-suggesties: the options of a datalist follow what is typed; the value is the address where to ask. */

let asked;
document.addEventListener('input', (event) => {
  const field = event.target;
  const address = field.dataset && field.dataset.suggesties;
  if (!address || !field.list) return;
  clearTimeout(asked);
  asked = setTimeout(async () => {
    const answer = await fetch(address + '?q=' + encodeURIComponent(field.value), { credentials: 'same-origin' });
    // A session that ended answers with the login page; that is no list of options.
    if (answer.ok && !answer.redirected) field.list.innerHTML = await answer.text();
  }, 150);
});
