/*
 * Small help on top of pages that work without it. No framework, no inline code, nothing is stored.
 * What an element wants is written on it: data-focus, data-eenmalig, data-bezig, data-bestand, data-uitklap,
 * data-vul-in, data-vertrouwelijk, data-suggesties. `templates/componenten/README.md` lists them.
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
    form.elements.username.value = button.dataset.gebruikersnaam;
    form.elements.password.value = button.dataset.wachtwoord;
    const submit = form.querySelector('button[type="submit"]');
    submit.scrollIntoView({ block: 'center' });
    submit.focus();
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
    each(root, '[data-vul-in]', (button) => {
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
