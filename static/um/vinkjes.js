/* data-vinkjes: a form in which only ticked rows count; its first button says how many there are. */

// data-telt holds the text of the button for one, and for more.
function count(form) {
  const button = form.querySelector('[data-vinkjes-knop] .um-knop__tekst');
  if (!button) return;
  const number = form.querySelectorAll('[data-vinkje]:checked').length;
  const [one, more] = form.dataset.vinkjes.split('|');
  button.textContent = number + ' ' + (number === 1 ? one : more);
}

document.addEventListener('change', (event) => {
  const form = event.target.closest('form[data-vinkjes]');
  if (!form) return;
  const row = event.target.closest('[data-rij]');
  if (row && event.target.matches('select')) {
    // Who chooses something means it, and who takes the choice away means that too.
    row.querySelector('[data-vinkje]').checked = event.target.value !== '';
    row.querySelector('[data-was]').value = event.target.value;
  }
  count(form);
});

export const countTicks = count;
