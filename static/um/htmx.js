/* htmx: what is busy shows it, and what went wrong is told. */
import { busy, buttonsOf } from './knop.js';
import { message, TO_CONFIRM } from './melding.js';

// What a page asks by itself says this once: it asks every few seconds.
let told = false;
document.addEventListener('htmx:beforeRequest', (event) => {
  const { elt, target } = event.detail;
  if (target) target.setAttribute('aria-busy', 'true');
  buttonsOf(elt).forEach((button) => busy(button, true));
});
document.addEventListener('htmx:afterRequest', (event) => {
  const { elt, target } = event.detail;
  if (target) target.removeAttribute('aria-busy');
  buttonsOf(elt).forEach((button) => busy(button, false));
});
document.addEventListener('htmx:beforeSwap', (event) => {
  // The session has ended and the answer is the login page: show that as a page, not inside this one.
  const text = event.detail.xhr.responseText || '';
  if (text.includes('data-pagina="inloggen"') && document.body.dataset.pagina !== 'inloggen') {
    event.detail.shouldSwap = false;
    window.location.reload();
  }
});
document.addEventListener('htmx:responseError', (event) => {
  const status = event.detail.xhr.status;
  if (event.detail.xhr.getResponseHeader('X-UM-Bevestigen')) {
    if (!told || event.detail.requestConfig.verb !== 'get') message(TO_CONFIRM);
    told = true;
    return;
  }
  message(
    status === 403
      ? 'U hebt hier geen toegang toe, of uw sessie is verlopen. Ververs de pagina.'
      : status === 404
        ? 'Dit bestaat niet meer. Ververs de pagina.'
        : status === 429
          ? 'U hebt dit te vaak gevraagd. Wacht even en probeer het opnieuw.'
          : 'Het is niet gelukt. Probeer het over een paar minuten opnieuw.'
  );
});
document.addEventListener('htmx:sendError', () => {
  message('Er is geen verbinding met het portaal. Controleer uw internetverbinding en probeer het opnieuw.');
});
