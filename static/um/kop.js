/* data-uitklap: the menus of the header close with Escape, by clicking elsewhere, and when another one opens. */

const openMenus = () => document.querySelectorAll('details[data-uitklap][open]');
document.addEventListener('click', (event) => {
  openMenus().forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  openMenus().forEach((menu) => {
    menu.open = false;
    menu.querySelector('summary').focus();
  });
});
