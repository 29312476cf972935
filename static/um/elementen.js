/* Walks over the elements of a part of a page. */

export const each = (root, selector, action) => {
  if (root.matches && root.matches(selector)) action(root);
  root.querySelectorAll(selector).forEach(action);
};
