/* data-suggesties: the options of a datalist follow what is typed; the value is the address where to ask. */

let asked;
document.addEventListener('input', (event) => {
  const field = event.target;
  const address = field.dataset && field.dataset.suggesties;
  if (!address || !field.list) return;
  clearTimeout(asked);
  asked = setTimeout(async () => {
    const typed = field.value;
    const answer = await fetch(address + '?q=' + encodeURIComponent(typed), { credentials: 'same-origin' });
    // A session that ended answers with the login page; that is no list of options. Nor is an answer that comes late.
    if (answer.ok && !answer.redirected && typed === field.value) field.list.innerHTML = await answer.text();
  }, 150);
});
