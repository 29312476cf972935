/* A message at the top of the page. */

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
