/* data-focus: what was just put on the page and asks for attention gets the focus. */

export function focusOn(root) {
  const target = root.matches && root.matches('[data-focus]') ? root : root.querySelector('[data-focus]');
  if (!target) return;
  if (!target.hasAttribute('tabindex')) target.setAttribute('tabindex', '-1');
  target.focus();
}
