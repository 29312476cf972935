/*
 * data-vertrouwelijk: nothing of it stays behind in the page that the browser keeps for its back button.
 * data-sluit-na: it closes after so many seconds, with a warning before that and a button for more time.
 */

const WARN = 60_000;
const timers = new WeakMap();

function erase(element) {
  clearInterval(timers.get(element));
  timers.delete(element);
  element.replaceChildren();
}

function line(text) {
  const made = document.createElement('p');
  made.textContent = text;
  return made;
}

function close(element) {
  const had = element.contains(document.activeElement);
  erase(element);
  element.classList.replace('um-kaart', 'um-vlak');
  element.removeAttribute('aria-labelledby');
  const told = line('De gegevens zijn gesloten omdat ze lang genoeg open stonden. Er is niets van bewaard.');
  told.setAttribute('role', 'status');
  const back = document.createElement('a');
  back.href = element.dataset.terug;
  back.textContent = 'Terug';
  const way = document.createElement('p');
  way.append(back);
  element.append(told, line(element.dataset.kosten || ''), way);
  element.tabIndex = -1;
  if (had || document.activeElement === document.body) element.focus();
}

function warn(place, more) {
  const told = line('Deze gegevens sluiten over een minuut. Hebt u meer tijd nodig?');
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'utrecht-button utrecht-button--secondary-action um-knop';
  button.textContent = 'Langer open laten';
  button.addEventListener('click', more);
  place.replaceChildren(told, button);
}

export function closeInTime(element) {
  if (timers.has(element)) return;
  const whole = Number(element.dataset.sluitNa) * 1000;
  const place = element.querySelector('[data-sluit-melding]');
  const heading = element.querySelector('[data-focus]');
  let end = Date.now() + whole;
  const look = () => {
    if (!element.isConnected) {
      erase(element);
    } else if (Date.now() >= end) {
      close(element);
    } else if (Date.now() >= end - Math.min(WARN, whole / 2) && !place.hasChildNodes()) {
      warn(place, () => {
        end = Date.now() + whole;
        place.replaceChildren();
        if (heading) heading.focus();
      });
    }
  };
  timers.set(element, setInterval(look, 1000));
  element.addEventListener('kijk', look);
}

// A computer that slept past the time shows nothing when it wakes.
document.addEventListener('visibilitychange', () => {
  document.querySelectorAll('[data-sluit-na]').forEach((element) => element.dispatchEvent(new Event('kijk')));
});
window.addEventListener('pagehide', () => {
  document.querySelectorAll('[data-vertrouwelijk]').forEach((element) => {
    erase(element);
    element.dataset.gewist = 'ja';
  });
});
window.addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  document.querySelectorAll('[data-gewist]').forEach((element) => {
    const told = line('Deze gegevens zijn gewist toen u de pagina verliet. Vraag ze opnieuw op als u ze nodig hebt.');
    told.className = 'um-zacht';
    element.replaceChildren(told, line(element.dataset.kosten || ''));
    delete element.dataset.gewist;
  });
});
