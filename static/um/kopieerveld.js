/* data-kopieer: copies the field with that id; what was done is told in the element with that id and -stand. */

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
