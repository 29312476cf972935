/* The list of results: a match opens beside it where there is room, a tick in a filter counts at once. */

const ROOM = window.matchMedia('(min-width: 70rem)');

document.addEventListener('click', (event) => {
  const link = event.target.closest && event.target.closest('a[data-naast]');
  if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (!ROOM.matches || !window.htmx) return;
  event.preventDefault();
  window.htmx.ajax('GET', link.dataset.naast, {
    source: link,
    target: '#resultaten',
    select: '#resultaten',
    swap: 'outerHTML show:none',
  });
});

document.addEventListener('change', (event) => {
  const form = event.target.form;
  if (form && form.hasAttribute('data-meteen') && event.target.matches('input[type="checkbox"], select')) {
    form.requestSubmit();
  }
});

// What was unfolded stays so when the list is replaced, and the button that was pressed keeps the focus.
let unfolded = [];
let pressed = '';
document.addEventListener('htmx:configRequest', (event) => {
  const { elt } = event.detail;
  pressed = elt.matches('.um-ster') ? `#${elt.id}` : elt.id === 'match-ster' ? '#match-ster button' : '';
});
document.addEventListener('htmx:afterSettle', () => {
  const button = pressed && document.querySelector(pressed);
  if (button && document.activeElement === document.body) button.focus();
});
let focused = '';
document.addEventListener('htmx:beforeSwap', (event) => {
  if (event.detail.target.id !== 'resultaten') return;
  unfolded = Array.from(event.detail.target.querySelectorAll('details[open][id]'), (one) => one.id);
  focused = event.detail.target.contains(document.activeElement) ? document.activeElement.id : '';
});
document.addEventListener('htmx:afterSwap', () => {
  unfolded.forEach((id) => {
    const one = document.getElementById(id);
    if (one) one.open = true;
  });
  unfolded = [];
  // What was folded could not get the focus back until now.
  const one = focused && document.activeElement === document.body && document.getElementById(focused);
  if (one) one.focus({ preventScroll: true });
  focused = '';
});
