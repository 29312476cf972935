/* data-bestand: the drop zone of a file. It tells what was chosen, and whether that is too large. */

function size(bytes) {
  return bytes < 1e6
    ? Math.max(1, Math.round(bytes / 1e3)) + ' kB'
    : (bytes / 1e6).toLocaleString('nl-NL', { maximumFractionDigits: 1 }) + ' MB';
}

export function dropZone(zone) {
  const input = zone.querySelector('input[type="file"]');
  const text = zone.querySelector('[data-bestand-tekst]');
  const chosen = zone.querySelector('[data-bestand-gekozen]');
  if (!input || zone.dataset.klaar) return;
  zone.dataset.klaar = 'ja';
  text.hidden = false;

  const remove = zone.querySelector('[data-bestand-weg]');
  const fold = zone.closest('details');
  const inputs = () => Array.from((input.form || zone).querySelectorAll('input[type="file"]'));
  const limit = Number(input.dataset.maxBytes || 0);
  const over = (one) => limit && Array.from(one.files).find((file) => file.size > limit);

  const show = () => {
    const files = Array.from(input.files);
    const tooLarge = over(input);
    const filled = inputs().filter((one) => one.files.length);
    const total = filled.flatMap((one) => Array.from(one.files)).reduce((sum, file) => sum + file.size, 0);
    // What holds for the files together is told once, at the last of them.
    const tooMuch = limit && total > limit && !filled.some(over) && filled[filled.length - 1] === input;
    zone.classList.toggle('um-bestand--fout', Boolean(tooLarge || tooMuch));
    chosen.textContent = tooLarge
      ? tooLarge.name + ' is ' + size(tooLarge.size) + '. Een bestand mag hoogstens ' + size(limit) + ' zijn.'
      : tooMuch
        ? 'Samen zijn de bestanden ' + size(total) + '. Dat mag hoogstens ' + size(limit) + ' zijn.'
      : files.length
        ? 'Gekozen: ' + files.map((file) => file.name + ' (' + size(file.size) + ')').join(', ')
        : '';
    if (remove) remove.hidden = !files.length;
    // A file that goes along is never out of sight.
    if (fold && files.length) fold.open = true;
  };
  /* What the server said was about the file that was here before. */
  const forget = () => {
    const field = zone.closest('.um-veld');
    const told = field && field.querySelector('.utrecht-form-field-error-message');
    if (!told || !input.files.length) return;
    const described = (input.getAttribute('aria-describedby') || '').split(' ').filter((id) => id !== told.id);
    input.setAttribute('aria-describedby', described.join(' '));
    input.removeAttribute('aria-invalid');
    field.classList.remove('utrecht-form-field--invalid');
    told.remove();
    document.querySelectorAll('.um-foutoverzicht a[href="#' + input.id + '"]').forEach((link) => {
      const list = link.closest('ul');
      link.closest('li').remove();
      if (!list.children.length) list.closest('.um-melding').remove();
    });
  };
  const hover = (on) => zone.classList.toggle('um-bestand--slepen', on);

  input.addEventListener('change', forget);
  (input.form || input).addEventListener('change', show);
  if (fold) fold.addEventListener('toggle', show);
  // After the back button a browser may put the chosen file back.
  window.addEventListener('pageshow', show);
  if (remove)
    remove.addEventListener('click', () => {
      input.value = '';
      input.dispatchEvent(new Event('change', { bubbles: true }));
      input.focus();
    });
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
