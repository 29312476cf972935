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

  const show = () => {
    const files = Array.from(input.files);
    const limit = Number(input.dataset.maxBytes || 0);
    const tooLarge = limit && files.find((file) => file.size > limit);
    const together = input.form
      ? Array.from(input.form.querySelectorAll('input[type="file"]')).flatMap((one) => Array.from(one.files))
      : files;
    const total = together.reduce((sum, file) => sum + file.size, 0);
    const tooMuch = limit && !tooLarge && total > limit;
    zone.classList.toggle('um-bestand--fout', Boolean(tooLarge || tooMuch));
    chosen.textContent = tooLarge
      ? tooLarge.name + ' is ' + size(tooLarge.size) + '. Een bestand mag hoogstens ' + size(limit) + ' zijn.'
      : tooMuch
        ? 'Samen zijn de bestanden ' + size(total) + '. Dat mag hoogstens ' + size(limit) + ' zijn.'
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
