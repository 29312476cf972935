/* data-vinkjes: a form in which only ticked rows count; its first button says how many there are. */

// data-telt holds the text of the button for one, and for more.
function count(form) {
  const button = form.querySelector('[data-vinkjes-knop] .um-knop__tekst');
  if (!button) return;
  const number = form.querySelectorAll('[data-vinkje]:checked').length;
  const [one, more] = form.dataset.vinkjes.split('|');
  button.textContent = number + ' ' + (number === 1 ? one : more);
}

// Who chooses something means it, and who takes the choice away means that too.
function tick(select) {
  const row = select.closest('[data-rij]');
  row.querySelector('[data-vinkje]').checked = select.value !== '';
  row.querySelector('[data-was]').value = select.value;
}

document.addEventListener('change', (event) => {
  const form = event.target.closest('form[data-vinkjes]');
  if (!form) return;
  if (event.target.matches('[data-rij] select')) tick(event.target);
  count(form);
});

// A search that finds one thing chooses it, and what was found before it is gone.
document.addEventListener('htmx:afterSettle', (event) => {
  const select = event.detail.elt.closest('form[data-vinkjes] [data-rij] select');
  if (!select || select.value === select.closest('[data-rij]').querySelector('[data-was]').value) return;
  tick(select);
  count(select.form);
});

export const countTicks = count;
