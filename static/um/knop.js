/* data-bezig: a button that cannot be pressed while its work is done, and says what that is. */

export function busy(button, on) {
  const text = button.querySelector('.um-knop__tekst') || button;
  if (on) {
    button.disabled = true;
    if (button.dataset.bezig) {
      button.dataset.rust = text.textContent;
      text.textContent = button.dataset.bezig;
    }
  } else {
    button.disabled = false;
    if (button.dataset.rust) {
      text.textContent = button.dataset.rust;
      delete button.dataset.rust;
    }
  }
}

export const buttonsOf = (element) =>
  element.matches('form')
    ? element.querySelectorAll('button:not([type="button"])')
    : element.matches('button')
      ? [element]
      : [];
