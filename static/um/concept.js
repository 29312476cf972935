/* data-concept: what is filled in is kept at this address, a moment after each change. Nothing stays in the browser. */
import { message, TO_CONFIRM } from './melding.js';

const PAUSE = 800;
const LOGGED_OUT = 'U bent niet meer ingelogd. Wat u tot daarnet invulde, is bewaard. Log opnieuw in om verder te gaan.';
let waiting;

function keep(form) {
  delete form.dataset.gewijzigd;
  // When it fails nothing is lost yet: the page still has it, and the next change tries again.
  fetch(form.dataset.concept, {
    method: 'POST', body: new FormData(form), credentials: 'same-origin', redirect: 'manual', keepalive: true,
  })
    .then((answer) => {
      // Sent on to the login page.
      if (answer.type === 'opaqueredirect') message(LOGGED_OUT);
      if (answer.headers.has('X-UM-Bevestigen')) message(TO_CONFIRM);
    })
    .catch(() => {});
}

document.addEventListener('input', (event) => {
  const form = event.target.form;
  if (!form || !form.dataset.concept) return;
  form.dataset.gewijzigd = 'ja';
  clearTimeout(waiting);
  waiting = setTimeout(() => keep(form), PAUSE);
});
document.addEventListener('submit', (event) => {
  // The form itself is on its way.
  clearTimeout(waiting);
  delete event.target.dataset.gewijzigd;
});
window.addEventListener('pagehide', () => {
  clearTimeout(waiting);
  document.querySelectorAll('form[data-gewijzigd]').forEach(keep);
});

// data-adres: the back button comes back to this address, and not to a page that must be sent again.
const sent = document.querySelector('form[data-adres]');
if (sent) window.history.replaceState(null, '', sent.dataset.adres);

// data-laatste: who comes back with the back button finds what was asked, and not an empty form.
const form = document.querySelector('form[data-laatste]');
if (form && performance.getEntriesByType('navigation')[0]?.type === 'back_forward') {
  window.location.replace(form.dataset.laatste);
}
