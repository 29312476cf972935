/* data-zoekbaar: a select in which one can type; the select stays, hidden, and holds the choice. */

const plain = (text) => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();

export function searchable(select) {
  if (select.dataset.klaar) return;
  select.dataset.klaar = 'ja';
  const had = document.activeElement === select;
  const id = select.id;
  const wrapper = document.createElement('div');
  wrapper.className = 'um-zoekkeuze';
  const field = document.createElement('input');
  const list = document.createElement('div');
  const told = document.createElement('span');
  field.type = 'text';
  field.id = id;
  select.id = id + '-keuze';
  field.className = 'utrecht-textbox utrecht-textbox--html-input' +
    (select.classList.contains('utrecht-select--invalid') ? ' utrecht-textbox--invalid' : '');
  field.autocomplete = 'off';
  field.spellcheck = false;
  field.setAttribute('role', 'combobox');
  field.setAttribute('aria-autocomplete', 'list');
  field.setAttribute('aria-expanded', 'false');
  field.setAttribute('aria-controls', id + '-lijst');
  ['aria-describedby', 'aria-invalid'].forEach((name) => {
    if (select.hasAttribute(name)) field.setAttribute(name, select.getAttribute(name));
  });
  list.id = id + '-lijst';
  list.className = 'um-zoekkeuze__lijst';
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Keuzes');
  list.hidden = true;
  told.className = 'um-onzichtbaar';
  told.setAttribute('role', 'status');
  select.hidden = true;
  select.after(wrapper);
  wrapper.append(field, list, told);

  let active = -1;
  let shown = [];
  const label = () => (select.selectedOptions[0] ? select.selectedOptions[0].text : '');
  const isOpen = () => !list.hidden;

  function close() {
    list.hidden = true;
    list.replaceChildren();
    told.textContent = '';
    field.setAttribute('aria-expanded', 'false');
    field.removeAttribute('aria-activedescendant');
    active = -1;
    field.value = label();
  }
  function activate(place) {
    if (shown[active]) shown[active].setAttribute('aria-selected', 'false');
    active = place;
    const item = shown[active];
    if (!item) return;
    item.setAttribute('aria-selected', 'true');
    field.setAttribute('aria-activedescendant', item.id);
    item.scrollIntoView({ block: 'nearest' });
  }
  function open(query) {
    const words = plain(query).split(/\s+/).filter(Boolean);
    list.replaceChildren();
    shown = [];
    let group = null;
    Array.from(select.options).forEach((option, index) => {
      const parent = option.parentElement.tagName === 'OPTGROUP' ? option.parentElement.label : '';
      const text = plain(parent + ' ' + option.text);
      if (!words.every((word) => text.includes(word))) return;
      if (parent && (!group || group.getAttribute('aria-label') !== parent)) {
        group = document.createElement('div');
        group.setAttribute('role', 'group');
        group.setAttribute('aria-label', parent);
        const head = document.createElement('div');
        head.className = 'um-zoekkeuze__groep';
        head.setAttribute('aria-hidden', 'true');
        head.textContent = parent;
        group.append(head);
        list.append(group);
      }
      const item = document.createElement('div');
      item.id = id + '-optie-' + index;
      item.className = 'um-zoekkeuze__optie';
      item.setAttribute('role', 'option');
      item.setAttribute('aria-selected', 'false');
      item.dataset.index = index;
      item.textContent = option.text;
      (parent ? group : list).append(item);
      shown.push(item);
    });
    if (!shown.length) {
      const nothing = document.createElement('div');
      nothing.className = 'um-zoekkeuze__groep';
      nothing.setAttribute('role', 'option');
      nothing.setAttribute('aria-disabled', 'true');
      nothing.setAttribute('aria-selected', 'false');
      nothing.textContent = 'Niets gevonden';
      list.append(nothing);
    }
    list.hidden = false;
    field.setAttribute('aria-expanded', 'true');
    field.removeAttribute('aria-activedescendant');
    told.textContent = words.length ? shown.length + ' gevonden' : '';
    const chosen = shown.findIndex((item) => Number(item.dataset.index) === select.selectedIndex);
    activate(words.length ? (shown.length ? 0 : -1) : chosen);
  }
  function choose(item) {
    const index = Number(item.dataset.index);
    const changed = index !== select.selectedIndex;
    select.selectedIndex = index;
    close();
    field.select();
    if (changed) select.dispatchEvent(new Event('change', { bubbles: true }));
  }

  field.addEventListener('input', (event) => {
    event.stopPropagation();
    open(field.value);
  });
  // What is typed is not the choice.
  field.addEventListener('change', (event) => event.stopPropagation());
  field.addEventListener('focus', () => field.select());
  field.addEventListener('click', () => (isOpen() ? close() : open('')));
  field.addEventListener('blur', close);
  field.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!isOpen()) return open('');
      if (!shown.length) return;
      const step = event.key === 'ArrowDown' ? 1 : -1;
      activate((active + step + shown.length) % shown.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (isOpen() && shown[active]) choose(shown[active]);
    } else if (event.key === 'Escape' && isOpen()) {
      event.preventDefault();
      close();
      field.select();
    }
  });
  // Before the field loses the focus to the list.
  list.addEventListener('mousedown', (event) => {
    event.preventDefault();
    const item = event.target.closest('[role="option"]:not([aria-disabled])');
    if (item) choose(item);
  });
  field.value = label();
  if (had) field.focus();
}
