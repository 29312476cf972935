/*
 * Small help on top of pages that work without it. No framework, no inline code, nothing is stored.
 * What an element wants is written on it: data-focus, data-eenmalig, data-bezig, data-bestand, data-uitklap,
 * data-vul-in, data-vertrouwelijk, data-suggesties, data-kopieer, data-zoekbaar. `templates/componenten/README.md` lists them.
 */
(function () {
  'use strict';

  const each = (root, selector, action) => {
    if (root.matches && root.matches(selector)) action(root);
    root.querySelectorAll(selector).forEach(action);
  };

  /* ---- Focus: what was just put on the page and asks for attention ---- */
  function focusOn(root) {
    const target = root.matches && root.matches('[data-focus]') ? root : root.querySelector('[data-focus]');
    if (!target) return;
    if (!target.hasAttribute('tabindex')) target.setAttribute('tabindex', '-1');
    target.focus();
  }

  /* ---- Tables ---- */
  // Cards on a phone lose the table's meaning for a screen reader; roles give it back.
  function keepTableMeaning(table) {
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
  function stopOnlyWhereScrolls(region) {
    if (region.scrollWidth > region.clientWidth + 1) region.setAttribute('tabindex', '0');
    else if (document.activeElement !== region) region.removeAttribute('tabindex');
  }

  /* ---- File: the drop zone ---- */
  function size(bytes) {
    return bytes < 1e6
      ? Math.max(1, Math.round(bytes / 1e3)) + ' kB'
      : (bytes / 1e6).toLocaleString('nl-NL', { maximumFractionDigits: 1 }) + ' MB';
  }

  function dropZone(zone) {
    const input = zone.querySelector('input[type="file"]');
    const text = zone.querySelector('[data-bestand-tekst]');
    const chosen = zone.querySelector('[data-bestand-gekozen]');
    if (!input || zone.dataset.klaar) return;
    zone.dataset.klaar = 'ja';
    text.hidden = false;

    const show = () => {
      const files = Array.from(input.files);
      const limit = Number(input.dataset.maxBytes || 0);
      const tooLarge = limit && files.find((file) => file.size > limit);
      zone.classList.toggle('um-bestand--fout', Boolean(tooLarge));
      chosen.textContent = tooLarge
        ? tooLarge.name + ' is ' + size(tooLarge.size) + '. Een bestand mag hoogstens ' + size(limit) + ' zijn.'
        : files.length
          ? 'Gekozen: ' + files.map((file) => file.name + ' (' + size(file.size) + ')').join(', ')
          : '';
    };
    const hover = (on) => zone.classList.toggle('um-bestand--slepen', on);

    input.addEventListener('change', show);
    ['dragenter', 'dragover'].forEach((name) =>
      zone.addEventListener(name, (event) => {
        event.preventDefault();
        hover(true);
      })
    );
    zone.addEventListener('dragleave', (event) => {
      if (!zone.contains(event.relatedTarget)) hover(false);
    });
    zone.addEventListener('drop', (event) => {
      event.preventDefault();
      hover(false);
      const dropped = event.dataTransfer.files;
      if (!dropped.length || input.disabled) return;
      if (!input.multiple && dropped.length > 1) {
        chosen.textContent = 'Kies één bestand tegelijk.';
        return;
      }
      input.files = dropped;
      input.dispatchEvent(new Event('change', { bubbles: true }));
    });
  }

  /* ---- Busy ---- */
  function busy(button, on) {
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
    button.classList.toggle('um-knop--bezig', on);
  }

  const buttonsOf = (element) =>
    element.matches('form')
      ? element.querySelectorAll('button:not([type="button"])')
      : element.matches('button')
        ? [element]
        : [];

  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!form.matches('[data-eenmalig]') || form.hasAttribute('hx-post')) return;
    if (form.dataset.verstuurd) {
      event.preventDefault();
      return;
    }
    form.dataset.verstuurd = 'ja';
    // After the browser has read the form: a disabled button would not be sent along.
    setTimeout(() => buttonsOf(form).forEach((button) => busy(button, true)), 0);
  });

  /* ---- Suggestions: the options of a datalist follow what is typed (data-suggesties: where to ask) ---- */
  let asked;
  document.addEventListener('input', (event) => {
    const field = event.target;
    const address = field.dataset && field.dataset.suggesties;
    if (!address || !field.list) return;
    clearTimeout(asked);
    asked = setTimeout(async () => {
      const answer = await fetch(address + '?q=' + encodeURIComponent(field.value), { credentials: 'same-origin' });
      // A session that ended answers with the login page; that is no list of options.
      if (answer.ok && !answer.redirected) field.list.innerHTML = await answer.text();
    }, 150);
  });

  /* ---- A select in which one can type (data-zoekbaar): the select stays, and holds the choice ---- */
  const plain = (text) => text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase();

  function searchable(select) {
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

  /* ---- htmx ---- */
  function message(text) {
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
  document.addEventListener('htmx:afterSettle', (event) => {
    enhance(event.detail.elt);
    focusOn(event.detail.elt);
  });

  /* ---- Header menus: close with Escape, by clicking elsewhere, and when the other one opens ---- */
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

  /* ---- Demonstration accounts ---- */
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-vul-in]');
    const form = button && document.querySelector('form:has([name="password"])');
    if (!form) return;
    form.elements.login.value = button.dataset.gebruikersnaam;
    form.elements.password.value = button.dataset.wachtwoord;
    const submit = form.querySelector('button[type="submit"]');
    submit.scrollIntoView({ block: 'center' });
    submit.focus();
  });

  /* ---- Copying a field (data-kopieer: its id); what was done is told in the element with that id and -stand ---- */
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('[data-kopieer]');
    const field = button && document.getElementById(button.dataset.kopieer);
    if (!field) return;
    field.select();
    const told = document.getElementById(button.dataset.kopieer + '-stand');
    try {
      await navigator.clipboard.writeText(field.value);
      told.textContent = 'Gekopieerd.';
    } catch {
      told.textContent = 'Kopiëren lukt niet vanzelf. De tekst is geselecteerd: kopieer hem met Ctrl+C.';
    }
  });

  /* ---- Confidential: nothing of it stays behind in the page that the browser keeps for its back button ---- */
  window.addEventListener('pagehide', () => {
    document.querySelectorAll('[data-vertrouwelijk]').forEach((element) => {
      element.replaceChildren();
      element.dataset.gewist = 'ja';
    });
  });
  window.addEventListener('pageshow', (event) => {
    if (!event.persisted) return;
    document.querySelectorAll('[data-gewist]').forEach((element) => {
      const line = document.createElement('p');
      line.className = 'um-zacht';
      line.textContent = 'Deze gegevens zijn gewist toen u de pagina verliet. Vraag ze opnieuw op als u ze nodig hebt.';
      element.replaceChildren(line);
      delete element.dataset.gewist;
    });
    document.querySelectorAll('form[data-verstuurd]').forEach((form) => {
      delete form.dataset.verstuurd;
      buttonsOf(form).forEach((button) => busy(button, false));
    });
  });

  /* ---- Start ---- */
  function enhance(root) {
    each(root, '.um-tabel--kaarten', keepTableMeaning);
    each(root, '.um-tabel-omslag', stopOnlyWhereScrolls);
    each(root, '[data-bestand]', dropZone);
    each(root, 'select[data-zoekbaar]', searchable);
    each(root, '[data-vul-in], [data-kopieer]', (button) => {
      button.hidden = false;
    });
  }
  let waiting;
  window.addEventListener('resize', () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => each(document, '.um-tabel-omslag', stopOnlyWhereScrolls), 150);
  });

  enhance(document);
  focusOn(document);
})();
