/* data-eenmalig: a form that cannot be sent twice. */
import { busy, buttonsOf } from './knop.js';

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('[data-eenmalig]') || form.hasAttribute('hx-post')) return;
  if (form.dataset.verstuurd) {
    event.preventDefault();
    return;
  }
  form.dataset.verstuurd = 'ja';
  // After the browser has read the form: a disabled button would not be sent along.
  setTimeout(() => buttonsOf(form).forEach((button) => busy(button, true)), 0);
});

// A page that the browser kept can be used again.
window.addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  document.querySelectorAll('form[data-verstuurd]').forEach((form) => {
    delete form.dataset.verstuurd;
    buttonsOf(form).forEach((button) => busy(button, false));
  });
});
