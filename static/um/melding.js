/* A message at the top of the page. */

// The login service of a municipality has to confirm a session before anything else (X-UM-Bevestigen).
export const TO_CONFIRM =
  'Uw gemeente moet eerst bevestigen dat u het bent. Open het portaal in een nieuw tabblad en ga daarna hier verder. '
  + 'Wat u invulde, staat er nog.';

export function message(text) {
  const place = document.getElementById('meldingen');
  if (!place) return;
  const box = document.createElement('div');
  box.className = 'utrecht-alert utrecht-alert--error um-melding';
  box.setAttribute('role', 'alert');
  box.tabIndex = -1;
  const line = document.createElement('p');
  line.textContent = text;
  box.append(line);
  place.replaceChildren(box);
  box.focus();
}
