/*
 * Small help on top of pages that work without it: one file per component, no framework, nothing is stored.
 * What an element wants is written on it with a data- attribute; `templates/componenten/README.md` lists them.
 */
import { dropZone } from './bestand.js';
import './concept.js';
import { each } from './elementen.js';
import { focusOn } from './focus.js';
import './formulier.js';
import './htmx.js';
import './inloggen.js';
import './kop.js';
import './kopieerveld.js';
import './passkey.js';
import './resultaten.js';
import './suggesties.js';
import { keepTableMeaning, stopOnlyWhereScrolls } from './tabel.js';
import { closeInTime } from './vertrouwelijk.js';
import { countTicks } from './vinkjes.js';
import { searchable } from './zoekkeuze.js';

function enhance(root) {
  each(root, '.um-tabel--kaarten', keepTableMeaning);
  each(root, '.um-tabel-omslag', stopOnlyWhereScrolls);
  each(root, '[data-bestand]', dropZone);
  each(root, 'select[data-zoekbaar]', searchable);
  each(root, 'form[data-vinkjes]', countTicks);
  each(root, '[data-sluit-na]', closeInTime);
  each(root, '[data-vul-in], [data-kopieer]', (button) => {
    button.hidden = false;
  });
}

document.addEventListener('htmx:afterSettle', (event) => {
  enhance(event.detail.elt);
  focusOn(event.detail.elt);
});

enhance(document);
focusOn(document);
