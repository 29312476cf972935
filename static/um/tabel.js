/* Tables: their meaning as cards on a phone, and the keyboard where they scroll sideways. */
import { each } from './elementen.js';

// Cards on a phone lose the table's meaning for a screen reader; roles give it back.
export function keepTableMeaning(table) {
  const role = (element, name) => element && !element.hasAttribute('role') && element.setAttribute('role', name);
  const labels = Array.from(table.querySelectorAll('thead th'), (th) => {
    const copy = th.cloneNode(true);
    copy.querySelectorAll('.um-onzichtbaar').forEach((hidden) => hidden.remove());
    return copy.textContent.trim();
  });
  role(table, 'table');
  each(table, 'thead, tbody', (part) => role(part, 'rowgroup'));
  each(table, 'tr', (row) => role(row, 'row'));
  each(table, 'thead th', (cell) => role(cell, 'columnheader'));
  each(table, 'tbody th', (cell) => role(cell, 'rowheader'));
  each(table, 'tbody tr', (row) => {
    Array.from(row.cells).forEach((cell, index) => {
      if (cell.tagName === 'TD') role(cell, 'cell');
      if (!cell.hasAttribute('data-label') && labels[index] && cell.colSpan === 1) cell.dataset.label = labels[index];
    });
  });
}

// A region that does not scroll need not be a stop for the keyboard.
export function stopOnlyWhereScrolls(region) {
  if (region.scrollWidth > region.clientWidth + 1) region.setAttribute('tabindex', '0');
  else if (document.activeElement !== region) region.removeAttribute('tabindex');
}

let waiting;
window.addEventListener('resize', () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => each(document, '.um-tabel-omslag', stopOnlyWhereScrolls), 150);
});
